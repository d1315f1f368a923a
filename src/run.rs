//! Running cases: from an artifact and a case to a raw run with a recording.
