//! Names of signals, for people.

/// The signals of Linux by number, from 1 on; those that differ elsewhere are not named there.
pub const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

/// Abnormal end, by `abort`.
pub const SIGABRT: i32 = 6;
/// An address that no memory is behind.
pub const SIGBUS: i32 = if cfg!(target_os = "linux") { 7 } else { 10 };
/// Killed; cannot be refused.
pub const SIGKILL: i32 = 9;
/// An address that may not be used so.
pub const SIGSEGV: i32 = 11;
/// A file over its limit.
pub const SIGXFSZ: i32 = 25;

/// The name of a signal, such as `SIGSEGV`; `signal 40` if it has none.
pub fn signal_name(number: i32) -> String {
    let index = usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1));
    if number == SIGBUS {
        return "SIGBUS".to_owned();
    }
    let known = cfg!(target_os = "linux") || matches!(number, 1..=6 | 8 | 9 | 11 | 13..=15);
    match index.and_then(|index| SIGNALS.get(index)) {
        Some(name) if known => (*name).to_owned(),
        _ => format!("signal {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn numbers_are_the_systems() {
        let ours = [SIGABRT, SIGBUS, SIGKILL, SIGSEGV, SIGXFSZ];
        let systems = [
            libc::SIGABRT,
            libc::SIGBUS,
            libc::SIGKILL,
            libc::SIGSEGV,
            libc::SIGXFSZ,
        ];
        assert_eq!(ours, systems);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn signals_have_their_usual_names() {
        for (number, name) in [
            (libc::SIGABRT, "SIGABRT"),
            (libc::SIGKILL, "SIGKILL"),
            (libc::SIGSEGV, "SIGSEGV"),
            (libc::SIGTERM, "SIGTERM"),
            (libc::SIGXCPU, "SIGXCPU"),
            (libc::SIGSYS, "SIGSYS"),
            (40, "signal 40"),
            (0, "signal 0"),
            (-5, "signal -5"),
        ] {
            assert_eq!(signal_name(number), name);
        }
    }
}
