//! Planning: from exercises and a submission to the jobs to do, in order. Pure.
