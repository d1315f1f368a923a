//! Ctrl-C and its relatives: they end the programs that run, and then memgrade itself ends in order.

use crate::error::Error;

/// From now on SIGINT, SIGTERM and SIGHUP interrupt the sandbox instead of killing memgrade, so that no process and
/// no temporary directory is left behind.
#[cfg(unix)]
pub(super) fn watch() -> Result<(), Error> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
    watcher(move || {
        for _ in signals.forever() {
            crate::sandbox::interrupt();
        }
    })
}

/// From now on Ctrl-C interrupts the sandbox instead of killing memgrade. Windows has nothing to wait for, so a flag is
/// looked at.
#[cfg(not(unix))]
pub(super) fn watch() -> Result<(), Error> {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    let pressed = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&pressed)).map_err(failed)?;
    }
    watcher(move || {
        loop {
            std::thread::sleep(Duration::from_millis(50));
            if pressed.load(Ordering::SeqCst) {
                crate::sandbox::interrupt();
            }
        }
    })
}

fn watcher(work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let started = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(work);
    started.map(drop).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(source: std::io::Error) -> Error {
    Error::machine(
        format!("cannot watch for Ctrl-C: {source}"),
        "is the limit on threads or open files very low? see `ulimit -a`",
    )
}
