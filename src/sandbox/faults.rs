//! Faults: what stood where when the kernel raised SIGSEGV, SIGBUS, SIGILL or SIGFPE, before the program could react.

use std::collections::VecDeque;

use super::registers::Registers;
use super::{FatalFault, Mapping, procfs, sys};

/// Frames kept at either end of a deep stack.
const FRAMES_KEPT: usize = 64;
/// Frames counted at most.
const MOST_FRAMES: u64 = 10_000_000;
/// Stack bytes read at once.
const CHUNK: u64 = 1 << 20;
/// The kernel keeps this much free between a growing stack and its neighbor.
const KERNEL_GAP: u64 = 1 << 20;
/// A guard may be merged with something unused below it: only its upper end is a guard.
const GUARD_REACH: u64 = 1 << 20;
/// Stack probes touch every page.
const PAGE: u64 = 4096;
/// No frame is larger.
const MOST_FRAME: u64 = 1 << 40;
/// `SI_KERNEL`: raised by the kernel without an address, as for an address that no pointer can have.
const NO_ADDRESS: i32 = 0x80;

/// A fault with the thread that it happened in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The thread.
    pub(super) tid: i32,
    /// The fault.
    pub(super) fault: FatalFault,
}

/// Whether a signal can be a fault.
pub(super) fn is_fault_signal(signal: i32) -> bool {
    matches!(
        signal,
        libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE
    )
}

/// Looks at thread `tid` of process `pid`, which stands at the delivery of `signal`. `None` if somebody sent the signal,
/// or if it is only the echo of `previous`.
pub(super) fn inspect(pid: i32, tid: i32, signal: i32, previous: Option<&Seen>) -> Option<Seen> {
    let info = sys::signal_info(tid).ok()?;
    // Zero and below come from kill, tgkill and the like.
    if info.code <= 0 {
        return None;
    }
    let registers = Registers::read(tid)?;
    let unaddressed = info.code == NO_ADDRESS && signal == libc::SIGSEGV;
    if unaddressed && previous.is_some_and(|seen| seen.tid == tid && seen.fault.pc == registers.pc)
    {
        // The kernel could not even call the handler, for example for want of stack: the first fault says why.
        return None;
    }
    // A mapping is looked up through the thread, as the first thread may have ended.
    let mappings = procfs::mappings(tid);
    let limit = sys::soft_limit(pid, libc::RLIMIT_STACK).unwrap_or(u64::MAX);
    let address = if unaddressed { u64::MAX } else { info.address };
    let stack = Stack::around(&mappings, registers.sp, limit);
    let is_overflow =
        signal == libc::SIGSEGV && stack.as_ref().is_some_and(|stack| stack.guards(address));
    let walk = walk(tid, &registers, stack.as_ref(), &mappings);
    let large_frame = is_overflow.then(|| large_frame(&registers)).flatten();
    Some(Seen {
        tid,
        fault: FatalFault {
            signal,
            address,
            pc: registers.pc,
            sp: registers.sp,
            stack_guard: is_overflow,
            stack: stack.map(|stack| (stack.low, stack.high)),
            main_thread: pid == tid,
            frames: walk.frames,
            frame_pointers: walk.pointers,
            frame_count: walk.count,
            large_frame,
        },
    })
}

/// The size of the frame that the innermost function is making. A frame of many pages is probed page by page, downwards to an
/// end that stands in a register.
fn large_frame(registers: &Registers) -> Option<u64> {
    let left = registers.sp.checked_sub(registers.probe_end)?;
    let made = registers.fp.checked_sub(registers.sp)?;
    let probing = left > 0 && left.is_multiple_of(PAGE) && left < MOST_FRAME && made < MOST_FRAME;
    probing.then_some(made + left)
}

/// The stack that a stack pointer is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stack {
    /// First address that may be used.
    low: u64,
    /// Address after the last.
    high: u64,
    /// The addresses below it that must not be touched.
    guard: (u64, u64),
}

impl Stack {
    /// Finds it: the main one grows down to its limit, with nothing mapped below; those of other threads are mappings
    /// with a mapping below that allows nothing. The stack pointer may already be in the guard.
    fn around(mappings: &[Mapping], sp: u64, limit: u64) -> Option<Self> {
        let main = mappings.iter().find(|mapping| mapping.name == "[stack]");
        if let Some(main) = main {
            let floor = main.end.saturating_sub(limit);
            let low = floor.saturating_sub(KERNEL_GAP);
            // Below the limit, but not inside of a mapping that another stack may be in.
            let below = mappings
                .iter()
                .filter(|mapping| mapping.end <= main.start)
                .map(|mapping| mapping.end);
            let low = low.max(below.max().unwrap_or(0));
            if sp >= low && sp < main.end {
                return Some(Self {
                    low: main.start,
                    high: main.end,
                    guard: (low, main.start),
                });
            }
        }
        let (guard, stack) = mappings.windows(2).find_map(|pair| {
            let [guard, stack] = pair else { return None };
            let fits = !guard.read
                && !guard.write
                && !guard.execute
                && guard.end == stack.start
                && stack.write;
            let low = guard.start.max(guard.end.saturating_sub(GUARD_REACH));
            // A stack pointer that is one past the end belongs to an empty stack, which cannot overflow.
            (fits && sp >= low && sp < stack.end).then_some(((low, guard.end), stack))
        })?;
        Some(Self {
            low: stack.start,
            high: stack.end,
            guard,
        })
    }

    /// Whether an address lies in the guard.
    fn guards(&self, address: u64) -> bool {
        (self.guard.0..self.guard.1).contains(&address)
    }
}

/// A walk over the frames of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Walk {
    frames: Vec<u64>,
    pointers: Vec<u64>,
    count: u64,
}

/// Keeps the first and the last of many frames.
#[derive(Debug, Default)]
struct Ends {
    first: Vec<(u64, u64)>,
    last: VecDeque<(u64, u64)>,
    count: u64,
}

impl Ends {
    /// An address in a function, and that function's frame pointer; 0 where it is not known.
    fn push(&mut self, pc: u64, pointer: u64) {
        self.count += 1;
        if self.first.len() < FRAMES_KEPT {
            self.first.push((pc, pointer));
            return;
        }
        if self.last.len() == FRAMES_KEPT {
            self.last.pop_front();
        }
        self.last.push_back((pc, pointer));
    }

    fn finish(mut self) -> Walk {
        self.first.extend(self.last);
        let (frames, pointers) = self.first.into_iter().unzip();
        Walk {
            frames,
            pointers,
            count: self.count,
        }
    }
}

/// Follows the frame pointers from the innermost frame outwards. They only ever grow, so the stack is read once, in
/// large pieces.
fn walk(tid: i32, registers: &Registers, stack: Option<&Stack>, mappings: &[Mapping]) -> Walk {
    let mut ends = Ends::default();
    // Where its frame is, is not known for the innermost: it may not have one yet.
    ends.push(registers.pc, 0);
    let Some(stack) = stack else {
        return ends.finish();
    };
    let mut window = Window {
        tid,
        high: stack.high,
        start: 0,
        bytes: Vec::new(),
    };
    let caller = caller_before_frame(tid, registers, &mut window)
        .or_else(|| caller_of_libc(registers, mappings, &mut window));
    if let Some(pc) = caller {
        ends.push(pc, 0);
    }
    let mut fp = registers.fp;
    // In a function's first instructions the frame pointer is still its caller's: that is above the stack pointer too.
    let mut floor = registers.sp.max(stack.low);
    while fp >= floor && fp.is_multiple_of(8) && ends.count < MOST_FRAMES {
        let (Some(next), Some(pc)) = (window.word(fp), window.word(fp.wrapping_add(8))) else {
            break;
        };
        if pc == 0 {
            break;
        }
        ends.push(pc, next);
        // A frame holds at least its pointer and its return address: the walk always gets on.
        floor = fp + 16;
        fp = next;
    }
    ends.finish()
}

/// The return address on top of the stack, when the fault struck in the very first instruction of a function, before it
/// had a frame of its own.
#[cfg(target_arch = "x86_64")]
fn caller_before_frame(tid: i32, registers: &Registers, window: &mut Window) -> Option<u64> {
    const PUSH_RBP: u8 = 0x55;
    let mut instruction = [0];
    let read = sys::read_memory(tid, registers.pc, &mut instruction);
    (read == 1 && instruction == [PUSH_RBP]).then(|| window.word(registers.sp))?
}

/// The return address on top of the stack, when the fault struck in a function of libc that has no frame of its own, such as
/// memcpy: it must be another library's or the program's.
#[cfg(target_arch = "x86_64")]
fn caller_of_libc(registers: &Registers, mappings: &[Mapping], window: &mut Window) -> Option<u64> {
    let code_at = |address: u64| {
        mappings
            .iter()
            .find(|m| m.execute && (m.start..m.end).contains(&address))
    };
    let file = |mapping: &Mapping| mapping.name.rsplit('/').next().map(str::to_owned);
    let here = code_at(registers.pc)?;
    if !file(here)?.starts_with("libc") {
        return None;
    }
    let caller = window.word(registers.sp)?;
    (code_at(caller)?.name != here.name).then_some(caller)
}

/// Elsewhere the return address is in a register.
#[cfg(not(target_arch = "x86_64"))]
fn caller_of_libc(
    _registers: &Registers,
    _mappings: &[Mapping],
    _window: &mut Window,
) -> Option<u64> {
    None
}

/// Other processors keep the return address in a register until the frame is made: recursion looks the same without it.
#[cfg(not(target_arch = "x86_64"))]
fn caller_before_frame(_tid: i32, _registers: &Registers, _window: &mut Window) -> Option<u64> {
    None
}

/// A piece of a stack that was read, moved upwards as needed.
struct Window {
    tid: i32,
    /// End of the stack.
    high: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// The word at an address.
    fn word(&mut self, address: u64) -> Option<u64> {
        if let Some(word) = self.inside(address) {
            return Some(word);
        }
        if address >= self.high {
            return None;
        }
        let length = usize::try_from((self.high - address).min(CHUNK)).ok()?;
        self.bytes.resize(length, 0);
        let got = sys::read_memory(self.tid, address, &mut self.bytes);
        self.bytes.truncate(got);
        self.start = address;
        self.inside(address)
    }

    /// The word at an address, if it was read already.
    fn inside(&self, address: u64) -> Option<u64> {
        let at = usize::try_from(address.checked_sub(self.start)?).ok()?;
        let bytes = self.bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(start: u64, end: u64, write: bool, name: &str) -> Mapping {
        Mapping {
            start,
            end,
            read: write,
            write,
            execute: false,
            shared: false,
            offset: 0,
            name: name.into(),
        }
    }

    const MIB: u64 = 1 << 20;

    #[test]
    fn the_main_stack_is_guarded_below_its_limit() {
        let maps = [
            mapping(MIB, 2 * MIB, true, ""),
            mapping(100 * MIB, 108 * MIB, true, "[stack]"),
        ];
        let stack = Stack::around(&maps, 100 * MIB + 16, 8 * MIB).unwrap();
        assert_eq!((stack.low, stack.high), (100 * MIB, 108 * MIB));
        assert!(stack.guards(100 * MIB - 8));
        assert!(stack.guards(99 * MIB));
        assert!(!stack.guards(99 * MIB - 1));
        assert!(!stack.guards(0));
        assert!(!stack.guards(100 * MIB));
        // The stack pointer may have run ahead of what is mapped, but not to anywhere.
        assert!(Stack::around(&maps, 100 * MIB - 4096, 8 * MIB).is_some());
        assert_eq!(Stack::around(&maps, 50 * MIB, 8 * MIB), None);
    }

    #[test]
    fn the_stack_of_a_thread_is_guarded_by_the_mapping_below() {
        let maps = [
            mapping(10 * MIB, 60 * MIB, false, ""),
            mapping(60 * MIB, 62 * MIB, true, ""),
            mapping(100 * MIB, 108 * MIB, true, "[stack]"),
        ];
        let stack = Stack::around(&maps, 60 * MIB + 64, 8 * MIB).unwrap();
        assert_eq!((stack.low, stack.high), (60 * MIB, 62 * MIB));
        assert!(stack.guards(60 * MIB - 1));
        assert!(
            !stack.guards(20 * MIB),
            "merged with something unused below"
        );
        assert!(Stack::around(&maps, 60 * MIB - 8, 8 * MIB).is_some());
        assert_eq!(Stack::around(&maps, 62 * MIB, 8 * MIB), None);
    }

    #[test]
    fn only_the_two_ends_of_many_frames_are_kept() {
        let mut ends = Ends::default();
        (0..1000).for_each(|pc| ends.push(pc, pc * 16));
        let walk = ends.finish();
        assert_eq!(walk.count, 1000);
        assert_eq!(walk.frames.len(), 128);
        assert_eq!(
            (walk.frames[63], walk.frames[64], walk.frames[127]),
            (63, 936, 999)
        );
    }
}
