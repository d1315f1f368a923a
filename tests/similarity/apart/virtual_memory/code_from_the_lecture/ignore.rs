/// From the lecture: what the kernel says about this process, in bytes.
struct Process {
    virtual_size: usize,
    resident: usize,
    shared: usize,
}

impl Process {
    fn look() -> std::io::Result<Process> {
        let text = std::fs::read_to_string("/proc/self/statm")?;
        let mut numbers = [0_usize; 3];
        for (number, word) in numbers.iter_mut().zip(text.split_ascii_whitespace()) {
            *number = word.parse::<usize>().map_err(std::io::Error::other)? * 4096;
        }
        let [virtual_size, resident, shared] = numbers;
        if resident > virtual_size || shared > resident {
            return Err(std::io::Error::other("these figures cannot be"));
        }
        Ok(Process {
            virtual_size,
            resident,
            shared,
        })
    }

    fn since(&self, before: &Process) -> (isize, isize) {
        let grown = |now: usize, then: usize| now.wrapping_sub(then).cast_signed();
        (
            grown(self.virtual_size, before.virtual_size),
            grown(self.resident, before.resident),
        )
    }
}
