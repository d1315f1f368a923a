//! Markup and an entity.
//@ group: report
//@ promise: escaping
//@ through: check junit
//@ never: <script>alert(1)</script>
//@ never: <!ENTITY
//@ control: the JSON
fn main() {
    panic!("<script>alert(1)</script> <!ENTITY x SYSTEM \"file:///etc/passwd\">");
}
