//! Each request takes 4096 bytes and gives them back before the line is printed; the peak since the mark before shows them.
//= marks.len = 5
//= marks[1].live_bytes = 0
//= marks[1].peak_bytes_since = 4096
//= marks[4].live_bytes = 0
//= marks[4].total_bytes = 20480
//= heap.peak.bytes = 4096
fn main() {
    for request in 0..5 {
        let buffer = vec![1_u8; 4096];
        let last = buffer[4095];
        drop(buffer);
        println!("request {request}: {last}");
    }
}
