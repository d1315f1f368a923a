//! `memgrade explain`.

use std::fmt::Write as _;

use super::console::Console;
use crate::course::limits;
use crate::error::{Error, ExitStatus};
use crate::judge::catalog;
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
        "limits" => limits_table(console),
        "codes" => codes(console),
        code => one(code, console)?,
    };
    console.print(&text)?;
    Ok(ExitStatus::Passed)
}

fn one(code: &str, console: &Console) -> Result<String, Error> {
    let Some(text) = catalog::explain(code) else {
        let near = catalog::codes()
            .min_by_key(|known| strsim::damerau_levenshtein(known, code))
            .unwrap_or("limits");
        return Err(Error::Usage {
            message: format!("there is no code `{code}`"),
            hints: vec![
                format!("did you mean `{near}`?"),
                "`memgrade explain codes` lists them".to_owned(),
            ],
        });
    };
    Ok(format!(
        "{}\n\n{text}\n",
        console.out.paint(Ink::Strong, code)
    ))
}

fn codes(console: &Console) -> String {
    let mut out = String::new();
    for code in catalog::codes() {
        let _ = writeln!(out, "{}", console.out.clean(code, console.out.width));
    }
    out
}

fn limits_table(console: &Console) -> String {
    let head =
        "Limits of a run. Exercises set them under `limits`, `--limit NAME=VALUE` for every run.";
    let mut out = format!("{}\n\n", console.out.paint(Ink::Strong, head));
    for row in limits::TABLE {
        let _ = writeln!(out, "  {:<10} {:>6}   {}", row.name, row.default, row.about);
    }
    out
}
