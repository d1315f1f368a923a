//! `memgrade explain`.

use std::fmt::Write as _;

use super::console::{Console, print};
use crate::course::limits;
use crate::error::{Error, ExitStatus};
use crate::judge::catalog;
use crate::report::layout::wrap;
use crate::report::style::Ink;

/// Explain a finding's code, or the limits of a run
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade explain curve/grows\n  memgrade explain limits\n  \
    memgrade explain codes    list every code"
)]
pub(super) struct Args {
    /// A code such as curve/grows, or `limits`, or `codes`
    code: String,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let text = match args.code.as_str() {
        "limits" => one("limits", console)? + &limits_table(),
        "codes" => codes(),
        code => one(code, console)?,
    };
    print(&text)?;
    Ok(ExitStatus::Passed)
}

fn one(code: &str, console: &Console) -> Result<String, Error> {
    let Some(entry) = catalog::explain(code) else {
        let near = catalog::nearest(code).map(|near| format!("did you mean `{near}`?"));
        let all = "`memgrade explain codes` lists them".to_owned();
        return Err(Error::Usage {
            message: format!("there is no code `{code}`"),
            hints: near.into_iter().chain([all]).collect(),
        });
    };
    let head = format!("{}: {}", entry.code, entry.title);
    let mut out = format!("{}\n\n", console.out.paint(Ink::Strong, &head));
    for line in wrap(entry.text, console.out.measure()) {
        let _ = writeln!(out, "{line}");
    }
    Ok(out)
}

fn codes() -> String {
    let mut out = String::new();
    for code in catalog::codes() {
        let _ = writeln!(out, "{code}");
    }
    out
}

fn limits_table() -> String {
    let mut out = "\n".to_owned();
    for row in limits::TABLE {
        let _ = writeln!(out, "  {:<10} {:>6}   {}", row.name, row.default, row.about);
    }
    out
}
