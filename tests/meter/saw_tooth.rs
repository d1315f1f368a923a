//! Work that is given back again and again, without a line printed: the curve runs over the allocations.
//= heap.shape.kind = "saw-tooth"
//= heap.shape.over = "allocations"
//= heap.at_exit.blocks = 0
//= findings.len = 0
fn main() {
    for _ in 0..8 {
        let blocks: Vec<Box<[u8; 500]>> = (0..400).map(|_| Box::new([0; 500])).collect();
        assert_eq!(blocks.len(), 400);
    }
}
