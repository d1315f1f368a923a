//! Commands to the runner of a workflow, at the start of a line.
//@ group: report
//@ promise: escaping
//@ through: check github
//@ never: \n::error::owned
//@ never: \n::stop-commands::
//@ never: \n##[error]
//@ never: \n::set-output 
//@ control: the JSON
fn main() {
    panic!("a\n::error::owned\n::stop-commands::x\n##[error]y\n::set-output name=grade::100");
}
