//! The probe: what is injected into a program, and the recording it leaves.
