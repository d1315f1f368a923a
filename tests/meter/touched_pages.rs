//! 8 MiB are written, one byte in each page: 2048 faults at least, and as much resident memory.
//= heap.total.bytes = 8388608
//= heap.at_exit.bytes = 0
//= pages.minor_faults > 2047
//= pages.minor_faults < 2400
//= pages.peak_resident_bytes > 8388608
fn main() {
    let mut bytes = vec![0_u8; 8 << 20];
    for page in bytes.chunks_mut(4096) {
        page[0] = 1;
    }
    assert_eq!(bytes.iter().step_by(4096).map(|b| usize::from(*b)).sum::<usize>(), 2048);
}
