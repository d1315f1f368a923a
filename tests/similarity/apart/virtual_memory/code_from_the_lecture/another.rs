use std::io::stdin;

struct Report {
    start: Process,
}

impl Report {
    fn say(&self, what: &str) {
        let now = Process::look().unwrap();
        let more = now.since(&self.start).0;
        println!(
            "{what}: resident {:.1} MiB, virtual +{:.1} MiB",
            mebi(now.resident as isize),
            mebi(more)
        );
    }
}

fn mebi(bytes: isize) -> f64 {
    bytes as f64 / 1048576.0
}

fn entered() -> bool {
    let mut line = String::new();
    matches!(stdin().read_line(&mut line), Ok(length) if length > 0)
}

fn touch(memory: &mut [u8], pages: impl Iterator<Item = usize>) {
    for page in pages {
        memory[page << 12] |= 1;
    }
}

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

fn main() {
    let report = Report { start: Process::look().unwrap() };
    println!("start: resident {:.1} MiB", mebi(report.start.resident as isize));
    let mut memory = vec![0; 500_000_000];
    report.say("reserved");
    if entered() {
        touch(&mut memory, (0..1000).map(|n| n * n % 122_069));
        report.say("sparse");
        if entered() {
            touch(&mut memory, 0..122_070);
            report.say("full");
        }
    }
}
