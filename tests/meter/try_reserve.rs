//! A refused request that the program survives is no death.
//@ limit: heap=1 MiB
//= outcome.kind = "exited"
//= outcome.exit_code = 0
//= heap.total.blocks = 0
fn main() {
    let mut bytes: Vec<u8> = Vec::new();
    assert!(bytes.try_reserve_exact(2 << 20).is_err());
}
