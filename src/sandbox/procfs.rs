//! Readers of /proc. All of them bear that the process goes away meanwhile: they give `None` or nothing.

use std::fs;
use std::io::Read;

use super::Mapping;

/// No file of /proc that is read here is larger, short of a program that makes millions of mappings.
const MOST_BYTES: u64 = 16 << 20;

/// One file of process or thread `id`.
fn file(id: i32, name: &str) -> Option<String> {
    let file = fs::File::open(format!("/proc/{id}/{name}")).ok()?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    // Names of programs and files may hold any bytes.
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Bytes resident, as of now.
pub(super) fn resident(pid: i32) -> Option<u64> {
    let pages = |name: &str| -> Option<u64> { file(pid, name)?.split(' ').nth(1)?.parse().ok() };
    let mut count = pages("statm")?;
    if count == 0 {
        // The first thread may have ended while others live on: then only they still show the memory.
        let others = threads(pid).into_iter();
        count = others
            .filter_map(|tid| pages(&format!("task/{tid}/statm")))
            .max()
            .unwrap_or(0);
    }
    Some(count.saturating_mul(page_size()))
}

/// Bytes resident, with each page divided by the number of processes that share it.
pub(super) fn proportional(pid: i32) -> Option<u64> {
    kib_field(&file(pid, "smaps_rollup")?, "Pss:")
}

/// Size of a page.
pub(super) fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

/// A line such as `VmHWM:     1234 kB`, in bytes.
fn kib_field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}

/// Peaks of a process: resident and virtual bytes.
pub(super) fn peaks(id: i32) -> Option<(u64, u64)> {
    let text = file(id, "status")?;
    Some((kib_field(&text, "VmHWM:")?, kib_field(&text, "VmPeak:")?))
}

/// The process that thread `tid` belongs to.
pub(super) fn process_of(tid: i32) -> Option<i32> {
    id_field(tid, "Tgid:")
}

/// The thread that traces `tid`, or 0.
pub(super) fn tracer_of(tid: i32) -> Option<i32> {
    id_field(tid, "TracerPid:")
}

/// A line of /proc/ID/status that holds an id.
fn id_field(id: i32, name: &str) -> Option<i32> {
    let text = file(id, "status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok()
}

/// Whether `tid` is a thread of `pid`.
pub(super) fn is_thread_of(tid: i32, pid: i32) -> bool {
    fs::exists(format!("/proc/{pid}/task/{tid}")).unwrap_or(false)
}

/// Threads of a process, dead leaders included.
pub(super) fn threads(pid: i32) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect()
}

/// The system call that a waiting thread is in.
pub(super) fn current_call(tid: i32) -> Option<i64> {
    file(tid, "syscall")?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// What /proc/PID/stat says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    /// State letter, `Z` for a zombie.
    pub(super) state: char,
    /// Parent process.
    pub(super) parent: i32,
    /// Session.
    pub(super) session: i32,
    /// Minor faults of all threads.
    pub(super) minor_faults: u64,
    /// Major faults of all threads.
    pub(super) major_faults: u64,
    /// Threads.
    pub(super) threads: u32,
}

/// Reads /proc/PID/stat.
pub(super) fn stat(pid: i32) -> Option<Stat> {
    parse_stat(&file(pid, "stat")?)
}

/// Takes /proc/PID/stat apart. The name in brackets may hold blanks and brackets, so counting starts at the last one.
fn parse_stat(text: &str) -> Option<Stat> {
    let rest = text.get(text.rfind(')')? + 1..)?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // Numbered as in proc(5) minus 3: the state is field 3 there.
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        minor_faults: fields.get(7)?.parse().ok()?,
        major_faults: fields.get(9)?.parse().ok()?,
        threads: fields.get(17)?.parse().ok()?,
    })
}

/// Children of a process, of all its threads.
pub(super) fn children(pid: i32) -> Vec<i32> {
    let mut found = Vec::new();
    for tid in threads(pid) {
        let text = file(pid, &format!("task/{tid}/children")).unwrap_or_default();
        found.extend(
            text.split_whitespace()
                .filter_map(|child| child.parse::<i32>().ok()),
        );
    }
    found
}

/// Every process of the system.
pub(super) fn everybody() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect()
}

/// Mappings of a process.
pub(super) fn mappings(id: i32) -> Vec<Mapping> {
    let text = file(id, "maps").unwrap_or_default();
    text.lines().filter_map(parse_mapping).collect()
}

/// Takes one line of /proc/PID/maps apart.
fn parse_mapping(line: &str) -> Option<Mapping> {
    let mut parts = line.splitn(6, ' ');
    let (start, end) = parts.next()?.split_once('-')?;
    let mut flags = parts.next()?.bytes();
    let offset = parts.next()?;
    // Device and inode say nothing that anybody needs.
    let name = parts.nth(2).unwrap_or_default().trim_start();
    let mut flag = |letter: u8| flags.next() == Some(letter);
    Some(Mapping {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        read: flag(b'r'),
        write: flag(b'w'),
        execute: flag(b'x'),
        shared: flag(b's'),
        offset: u64::from_str_radix(offset, 16).ok()?,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_does_not_shift_the_fields_of_stat() {
        let text = "7 (a) R 1 2) S 5 6 8 0 -1 4194560 123 0 4 0 1 2 0 0 20 0 3 0 998877 1 2 3";
        let stat = parse_stat(text).unwrap();
        assert_eq!(
            stat,
            Stat {
                state: 'S',
                parent: 5,
                session: 8,
                minor_faults: 123,
                major_faults: 4,
                threads: 3,
            }
        );
    }

    #[test]
    fn a_mapping_keeps_blanks_in_its_name() {
        let line = "7f00-8f00 r-xs 00001000 08:01 42                         /a b/c (deleted)";
        let mapping = parse_mapping(line).unwrap();
        assert_eq!(
            (mapping.start, mapping.end, mapping.offset),
            (0x7f00, 0x8f00, 0x1000)
        );
        assert_eq!(
            (mapping.read, mapping.write, mapping.execute, mapping.shared),
            (true, false, true, true)
        );
        assert_eq!(mapping.name, "/a b/c (deleted)");
        assert_eq!(
            parse_mapping("1000-2000 rw-p 00000000 00:00 0 ")
                .unwrap()
                .name,
            ""
        );
        assert_eq!(parse_mapping("nonsense"), None);
    }

    #[test]
    fn this_process_is_described_truly() {
        let me = std::process::id().cast_signed();
        let stat = stat(me).unwrap();
        assert_eq!(
            stat.parent,
            std::os::unix::process::parent_id().cast_signed()
        );
        assert!(threads(me).contains(&me));
        let (resident, virt) = peaks(me).unwrap();
        assert!(resident > 0 && virt > resident);
        assert!(mappings(me).iter().any(|mapping| mapping.name == "[stack]"));
        assert_eq!(process_of(me), Some(me));
    }
}
