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

const MIB: f64 = 1024.0 * 1024.0;

fn main() -> std::io::Result<()> {
    let before = Process::look()?;
    println!("start: resident {:.1} MiB", before.resident as f64 / MIB);
    let mut memory = vec![0_u8; 500_000_000];
    let mut seed = 1_u64;
    let phases: [(&str, usize); 3] = [("reserved", 0), ("sparse", 1_000), ("full", usize::MAX)];
    for (name, pages) in phases {
        match pages {
            0 => {}
            usize::MAX => memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1),
            some => {
                for _ in 0..some {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let at = (seed >> 33) as usize % (memory.len() / 4096);
                    memory[at * 4096] = 1;
                }
            }
        }
        let now = Process::look()?;
        let (grown, _) = now.since(&before);
        println!("{name}: resident {:.1} MiB, virtual +{:.1} MiB", now.resident as f64 / MIB, grown as f64 / MIB);
        if name != "full" && std::io::stdin().read_line(&mut String::new())? == 0 {
            break;
        }
    }
    Ok(())
}
