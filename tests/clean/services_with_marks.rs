//! A service that answers requests and keeps nothing: its curve is flat.
fn answer(request: u32) -> String {
    let parts: Vec<String> = (0..request % 7 + 1).map(|n| format!("part {n}")).collect();
    parts.join(";")
}

fn main() {
    for request in 0..200 {
        let text = answer(request);
        if request % 20 == 0 {
            println!("request {request}: {}", text.len());
        }
    }
}
