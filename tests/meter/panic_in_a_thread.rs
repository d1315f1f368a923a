//! A thread panics; the program goes on. What the thread held is dropped: only its line's figures are looked at.
//= outcome.exit_code = 0
//= heap.sites[0].line = 9
//= heap.sites[0].total.bytes = 4000
//= heap.at_exit.blocks = 0
//= heap.definitely_lost.blocks = 0
fn main() {
    let thread = std::thread::spawn(|| {
        let held = vec![1_u64; 500];
        assert_eq!(held.len(), 1, "on purpose");
    });
    assert!(thread.join().is_err());
}
