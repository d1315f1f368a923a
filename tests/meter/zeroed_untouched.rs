//! 500 MB of zeroes stay untouched until they are used.
//= heap.peak.bytes = 500000000
//= pages.peak_resident_bytes < 8388608
//= pages.peak_virtual_bytes > 500000000
fn main() {
    let zeroes = vec![0u8; 500_000_000];
    assert_eq!(zeroes[123_456_789], 0);
}
