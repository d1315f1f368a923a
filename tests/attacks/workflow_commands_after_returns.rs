//! The same after a carriage return alone.
//@ group: report
//@ promise: escaping
//@ through: check github
//@ never: \r::warning
//@ never: \r::add-mask::
//@ control: the JSON
fn main() {
    panic!("a\r::warning file=x::y\r::add-mask::passed");
}
