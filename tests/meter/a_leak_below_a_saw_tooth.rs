//! A buffer goes up to 120,000 bytes and back with every sixth line; below it 100 bytes more stay with each. What grows is what the low
//! points grow, and neither the end nor the beginning of the curve says it: 8 GiB / 100 bytes * 10 requests a line.
//= marks.len = 60
//= marks[0].live_bytes = 21284
//= marks[59].live_bytes = 127184
//= heap.shape.kind = "growth"
//= heap.shape.bytes_per_step = 100
//= heap.shape.site.line = 19
//= heap.shape.projection.full_after = 858993459
//= heap.shape.projection.text = "an 8 GiB server is full after 859 million requests"
fn main() {
    let mut kept: Vec<Box<[u8; 100]>> = Vec::with_capacity(100);
    let mut buffer = Vec::with_capacity(16);
    for line in 0..60 {
        if line % 6 == 0 {
            buffer.clear();
        }
        buffer.push(vec![1_u8; 20_000]);
        kept.push(Box::new([1; 100]));
        println!("{} requests", (line + 1) * 10);
    }
}
