//! Reports: finished data drawn for one sink each. One file per format.
