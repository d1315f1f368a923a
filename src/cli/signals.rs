//! Ctrl-C and its relatives: they end the programs that run, and then memgrade itself ends in order.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Error;

/// From now on SIGINT, SIGTERM and SIGHUP interrupt the sandbox instead of killing memgrade, so that no process and
/// no temporary directory is left behind.
pub(super) fn watch() -> Result<(), Error> {
    let failed = |source: std::io::Error| {
        Error::machine(
            format!("cannot watch for Ctrl-C: {source}"),
            "is the limit on threads or open files very low? see `ulimit -a`",
        )
    };
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                crate::sandbox::interrupt();
            }
        })
        .map_err(failed)?;
    Ok(())
}
