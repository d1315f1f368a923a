//! Every finding code with the text that `memgrade explain` prints.
