//! What would end a section of text in XML, and characters that XML does not have.
//@ group: report
//@ promise: escaping
//@ through: check junit
//@ never: ]]><failure>
//@ never: \x0c
//@ never: \x01
//@ control: the JSON
fn main() {
    panic!("]]><failure> \x0c \x01");
}
