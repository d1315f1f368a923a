//! The `memgrade` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    memgrade::cli::main()
}
