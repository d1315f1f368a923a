//! A root of its own: what the first process of a run at level `full` does before the program is let go.
//!
//! [`OwnRoot`] is prepared before the fork. The first process, process 1 of its namespaces, takes hold of the few trees that
//! are to be seen, builds a small root of them with a scratch and a /proc of its own, drops every privilege, starts the
//! program, and waits: when the program has ended it kills and reaps whatever else is left.
#![expect(
    unsafe_code,
    reason = "mounts, identity and the reaping are done between fork and exec, where only raw calls are allowed"
)]

use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

use super::view::{self, DEVICES, Part};
use super::{Program, RawFd};
use crate::defense::Defense;
use crate::error::Error;

/// Where a program is shown that no tree holds: its real path would tell of other submissions.
const PROGRAM: &str = "/program";
/// The program's user and group, as it sees them.
pub(super) const INNER_ID: u32 = 1000;
/// Where the new root is put together, on the old one. It is seen by nobody else and hides nothing that is still needed.
const SITE: &CStr = c"/tmp";
/// A root holds folders and links only.
const ROOT_OPTIONS: &CStr = c"size=256k,nr_inodes=1024,mode=755";
/// Not even the numbers of processes that one may not look into.
const PROC_OPTIONS: [&CStr; 2] = [c"subset=pid,hidepid=ptraceable", c"subset=pid"];

/// `MOUNT_ATTR_RDONLY`, `_NOSUID`, `_NODEV` of <linux/mount.h>.
const READ_ONLY: u64 = 1;
const NO_SETUID: u64 = 2;
const NO_DEVICES: u64 = 4;

/// `struct mount_attr` of <linux/mount.h>.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// Something of the host's that is shown.
#[derive(Debug)]
struct Tree {
    source: CString,
    /// Below the new root, without a leading `/`.
    target: CString,
    attributes: u64,
    in_scratch: bool,
    /// Whether it does not matter if it is gone by the time that it is to be held or shown.
    passing: bool,
    /// Held since before the new root hid the old one; -1 for none.
    held: RawFd,
}

/// A root, ready to be built.
#[derive(Debug)]
pub(super) struct OwnRoot {
    trees: Vec<Tree>,
    /// Folders to make, parents first, below the new root.
    folders: Vec<CString>,
    /// Empty files to show files on.
    files: Vec<CString>,
    /// Links: what they hold, and where they are.
    links: Vec<(CString, CString)>,
    scratch: CString,
    scratch_options: CString,
    /// Folders and files to make in the scratch.
    scratch_folders: Vec<CString>,
    scratch_files: Vec<CString>,
    /// Where the arguments of memgrade itself lie in memory: whoever looks at process 1 would read them.
    arguments: (usize, usize),
    /// How /proc is mounted: flags beside those that are always given, and options, of which the first that the kernel knows is
    /// taken.
    proc_flags: libc::c_ulong,
    proc_options: [&'static CStr; 2],
}

/// A path for the kernel.
fn c_path(path: &Path) -> Result<CString, Error> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::usage("a path holds a NUL byte", "rename it"))
}

/// A path below the new root.
fn below(path: &Path) -> Result<CString, Error> {
    c_path(path.strip_prefix("/").unwrap_or(path))
}

/// The parents of `path` below the root, outermost first, without the root itself.
fn parents(path: &Path) -> impl Iterator<Item = PathBuf> {
    let all: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_owned).collect();
    all.into_iter()
        .rev()
        .filter(|parent| parent.parent().is_some())
}

/// Everything of the host's, for the test that shows what it is worth to hide it. A folder in which something is shown anyway may be
/// one that only its owner can enter: its other entries are shown instead.
fn the_hosts_own(shown: &[PathBuf]) -> Vec<PathBuf> {
    let mut not = ["/dev", "/proc", "/sys"].map(PathBuf::from).to_vec();
    // Links of the system are made anyway.
    not.extend(view::system().into_iter().filter_map(|part| match part {
        Part::Link(path, _) => Some(path),
        Part::Tree(_) => None,
    }));
    let mut found = Vec::new();
    let mut work = vec![PathBuf::from("/")];
    while let Some(folder) = work.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if shown.contains(&path) || not.contains(&path) {
                continue;
            }
            if shown.iter().any(|shown| shown.starts_with(&path)) {
                work.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// What is put together for an [`OwnRoot`].
#[derive(Default)]
struct Draft {
    trees: Vec<Tree>,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
    links: Vec<(PathBuf, PathBuf)>,
}

impl Draft {
    /// Shows `source` at `target`.
    fn show(
        &mut self,
        source: &Path,
        target: &Path,
        attributes: u64,
        in_scratch: bool,
    ) -> Result<(), Error> {
        let Ok(meta) = std::fs::metadata(source) else {
            return Ok(());
        };
        self.folders.extend(parents(target));
        if meta.is_dir() {
            self.folders.insert(target.to_owned());
        } else {
            self.files.insert(target.to_owned());
        }
        self.trees.push(Tree {
            source: c_path(source)?,
            target: below(target)?,
            attributes,
            in_scratch,
            passing: false,
            held: -1,
        });
        Ok(())
    }
}

impl OwnRoot {
    /// Prepares the root for a program, whose scratch is at `program.scratch`. Gives the path of the executable in it too.
    pub(super) fn prepare(program: &Program) -> Result<(Self, PathBuf), Error> {
        let scratch = &program.scratch;
        let mut draft = Draft::default();
        let plain = READ_ONLY | NO_SETUID | NO_DEVICES;
        for part in view::system() {
            match part {
                Part::Tree(path) => draft.show(&path, &path, plain, false)?,
                Part::Link(path, to) => draft.links.push((to, path)),
            }
        }
        for path in view::beside_the_system(&program.view.readable) {
            draft.show(&path, &path, plain, false)?;
        }
        if !Defense::Files.is_on() {
            let before = draft.trees.len();
            for path in view::beside_the_system(&the_hosts_own(&program.view.readable)) {
                draft.show(&path, &path, 0, false)?;
            }
            for tree in draft.trees.iter_mut().skip(before) {
                tree.passing = true;
            }
        }
        for device in DEVICES.map(Path::new) {
            draft.show(device, device, NO_SETUID, false)?;
        }
        for (to, at) in [
            ("/proc/self/fd", "/dev/fd"),
            ("/proc/self/fd/0", "/dev/stdin"),
            ("/proc/self/fd/1", "/dev/stdout"),
            ("/proc/self/fd/2", "/dev/stderr"),
        ] {
            draft.links.push((to.into(), at.into()));
        }
        let executable = std::path::absolute(&program.executable)
            .map_err(|error| Error::file("find", &program.executable, error))?;
        let readable = &program.view.readable;
        let seen = view::is_of_the_system(&executable)
            || readable.iter().any(|path| executable.starts_with(path));
        let shown = if seen {
            executable
        } else {
            draft.show(&executable, Path::new(PROGRAM), plain, false)?;
            PathBuf::from(PROGRAM)
        };
        draft.folders.extend(parents(scratch));
        draft.folders.insert(scratch.clone());
        draft.folders.insert("/proc".into());
        let mut inside = Draft::default();
        for input in &program.view.inputs {
            inside.show(&input.source, &scratch.join(&input.name), plain, true)?;
        }
        let wanted = program.view.folders.iter().map(|name| scratch.join(name));
        inside.folders.extend(wanted);
        // The scratch and what it lies in are there by then.
        inside
            .folders
            .retain(|folder| folder.starts_with(scratch) && folder != scratch);
        let mut trees = draft.trees;
        trees.extend(inside.trees);
        let all = |paths: BTreeSet<PathBuf>| {
            paths
                .iter()
                .map(|path| below(path))
                .collect::<Result<Vec<_>, _>>()
        };
        let (bytes, files) = if Defense::Scratch.is_on() {
            (program.view.scratch_bytes, program.view.scratch_files)
        } else {
            (1 << 30, 1 << 20)
        };
        let options =
            format!("size={bytes},nr_inodes={files},mode=700,uid={INNER_ID},gid={INNER_ID}");
        let root = Self {
            trees,
            folders: all(draft.folders)?,
            files: all(draft.files)?,
            links: draft
                .links
                .iter()
                .map(|(to, at)| Ok((c_path(to)?, below(at)?)))
                .collect::<Result<_, Error>>()?,
            scratch: below(scratch)?,
            scratch_options: CString::new(options)
                .map_err(|_| Error::Bug("options hold a NUL byte".into()))?,
            scratch_folders: all(inside.folders)?,
            scratch_files: all(inside.files)?,
            arguments: if Defense::Init.is_on() {
                own_arguments()
            } else {
                (0, 0)
            },
            proc_flags: if Defense::Proc.is_on() {
                libc::MS_RDONLY
            } else {
                0
            },
            proc_options: if Defense::Init.is_on() {
                PROC_OPTIONS
            } else {
                [c"subset=pid", c"subset=pid"]
            },
        };
        Ok((root, shown))
    }

    /// Builds the root and enters it. Gives a descriptor of the scratch. Only calls that are safe between fork and exec.
    ///
    /// # Errors
    /// The step that failed; `errno` says why.
    pub(super) fn enter(&mut self) -> Result<RawFd, Step> {
        let nothing = ptr::null::<libc::c_char>();
        let private = libc::MS_REC | libc::MS_PRIVATE;
        // SAFETY: the path is a C string; the other pointers may be null here.
        check(Step::Private, unsafe {
            libc::mount(nothing, c"/".as_ptr(), nothing, private, ptr::null())
        })?;
        for tree in &mut self.trees {
            tree.hold()?;
        }
        mount(
            c"tmpfs",
            SITE,
            ROOT_OPTIONS,
            libc::MS_NOSUID | libc::MS_NODEV,
        )
        .map_err(|()| Step::Root)?;
        // SAFETY: a C string.
        check(Step::Root, unsafe { libc::chdir(SITE.as_ptr()) })?;
        make(&self.folders, &self.files)?;
        for (to, at) in &self.links {
            // SAFETY: both are C strings.
            check(Step::Folders, unsafe {
                libc::symlink(to.as_ptr(), at.as_ptr())
            })?;
        }
        let flags = libc::MS_NOSUID | libc::MS_NODEV;
        mount(c"tmpfs", &self.scratch, &self.scratch_options, flags).map_err(|()| Step::Scratch)?;
        make(&self.scratch_folders, &self.scratch_files)?;
        for folder in &self.scratch_folders {
            // SAFETY: a C string.
            let given = unsafe { libc::chown(folder.as_ptr(), INNER_ID, INNER_ID) };
            check(Step::Scratch, given)?;
        }
        for tree in &self.trees {
            tree.put()?;
        }
        let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC | self.proc_flags;
        let mut proc = Err(());
        for options in self.proc_options {
            proc = mount(c"proc", c"proc", options, flags);
            if proc.is_ok() {
                break;
            }
        }
        proc.map_err(|()| Step::Proc)?;
        let open = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
        // SAFETY: a C string.
        let scratch = unsafe { libc::open(self.scratch.as_ptr(), open) };
        check(Step::Scratch, scratch)?;
        let here = c".".as_ptr();
        // SAFETY: both are C strings.
        let pivoted = unsafe { libc::syscall(libc::SYS_pivot_root, here, here) };
        check(Step::Pivot, pivoted)?;
        // SAFETY: a C string.
        check(Step::Pivot, unsafe {
            libc::umount2(here, libc::MNT_DETACH)
        })?;
        attributes(libc::AT_FDCWD, c"/", READ_ONLY | NO_SETUID | NO_DEVICES, 0)
            .map_err(|()| Step::Pivot)?;
        let name = b"sandbox";
        // SAFETY: the name has that many bytes. That it fails does no harm.
        unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) };
        self.hide_arguments();
        Ok(scratch)
    }

    /// Overwrites this process's copy of memgrade's arguments, which /proc would show.
    fn hide_arguments(&self) {
        let (start, end) = self.arguments;
        if start < end {
            // SAFETY: the kernel said that the arguments lie there, on the stack of the main thread, of which a forked process
            // has a copy of its own that nothing here reads.
            unsafe {
                ptr::write_bytes(
                    ptr::with_exposed_provenance_mut::<u8>(start),
                    0,
                    end - start,
                );
            };
        }
    }
}

impl Tree {
    /// Takes hold of the source while it can still be seen.
    fn hold(&mut self) -> Result<(), Step> {
        const CLONE: libc::c_uint = 1;
        let recursive = libc::AT_RECURSIVE.cast_unsigned();
        let flags = CLONE | recursive | libc::O_CLOEXEC.cast_unsigned();
        // SAFETY: a C string and numbers.
        let held = unsafe {
            libc::syscall(
                libc::SYS_open_tree,
                libc::AT_FDCWD,
                self.source.as_ptr(),
                flags,
            )
        };
        if held < 0 && self.passing {
            return Ok(());
        }
        check(Step::Hold, held)?;
        self.held = RawFd::try_from(held).unwrap_or(-1);
        attributes(self.held, c"", self.attributes, libc::AT_RECURSIVE).map_err(|()| Step::Hold)
    }

    /// Shows it.
    fn put(&self) -> Result<(), Step> {
        /// `MOVE_MOUNT_F_EMPTY_PATH` of <linux/mount.h>.
        const EMPTY_PATH: libc::c_uint = 4;
        if self.held < 0 {
            return Ok(());
        }
        // SAFETY: C strings and numbers.
        let put = unsafe {
            libc::syscall(
                libc::SYS_move_mount,
                self.held,
                c"".as_ptr(),
                libc::AT_FDCWD,
                self.target.as_ptr(),
                EMPTY_PATH,
            )
        };
        let step = if self.in_scratch {
            Step::Scratch
        } else {
            Step::Show
        };
        // The kernel refuses to mount what has been removed since it was held.
        if !self.passing {
            check(step, put)?;
        }
        // SAFETY: a descriptor of ours.
        unsafe { libc::close(self.held) };
        Ok(())
    }
}

/// Steps of building the root and dropping privileges, in their order; the number goes through the status socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Step {
    /// The maps of users and groups were not written.
    Maps = 16,
    /// Mounts were not made private.
    Private,
    /// A tree could not be held, or not be made read-only.
    Hold,
    /// There is no new root.
    Root,
    /// Its folders could not be made.
    Folders,
    /// A tree could not be shown.
    Show,
    /// There is no scratch.
    Scratch,
    /// There is no /proc.
    Proc,
    /// The new root could not be entered.
    Pivot,
    /// The identity could not be changed.
    Identity,
    /// The capabilities could not be dropped.
    Capabilities,
    /// The program's process could not be started.
    Fork,
    /// The Landlock rules could not be entered.
    Fence,
    /// A filter of system calls could not be installed.
    Filter,
}

impl Step {
    /// What could not be done, by number.
    pub(super) fn text(number: u32) -> Option<&'static str> {
        let all = [
            (Self::Maps, "cannot map users into a namespace for"),
            (Self::Private, "cannot make mounts private for"),
            (Self::Hold, "cannot take hold of the folders for"),
            (Self::Root, "cannot mount a root for"),
            (Self::Folders, "cannot make the folders of the root for"),
            (Self::Show, "cannot show the system's folders to"),
            (Self::Scratch, "cannot mount a scratch for"),
            (Self::Proc, "cannot mount /proc for"),
            (Self::Pivot, "cannot enter the new root for"),
            (Self::Identity, "cannot change the user for"),
            (Self::Capabilities, "cannot drop the capabilities for"),
            (Self::Fork, "cannot start a process for"),
            (Self::Fence, "cannot fence off the files from"),
            (Self::Filter, "cannot filter the system calls of"),
        ];
        let found = all.into_iter().find(|(step, _)| *step as u32 == number);
        found.map(|(_, text)| text)
    }
}

/// Turns a result below zero into the step that failed.
pub(super) fn check(step: Step, result: impl Into<i64>) -> Result<(), Step> {
    if result.into() < 0 { Err(step) } else { Ok(()) }
}

/// Mounts a file system.
fn mount(kind: &CStr, at: &CStr, options: &CStr, flags: libc::c_ulong) -> Result<(), ()> {
    let name = c"none".as_ptr();
    // SAFETY: all are C strings.
    let mounted = unsafe {
        libc::mount(
            name,
            at.as_ptr(),
            kind.as_ptr(),
            flags,
            options.as_ptr().cast(),
        )
    };
    if mounted == 0 { Ok(()) } else { Err(()) }
}

/// Sets attributes of a mount.
fn attributes(at: RawFd, path: &CStr, set: u64, recursive: libc::c_int) -> Result<(), ()> {
    let wanted = MountAttributes {
        set,
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    let flags = libc::AT_EMPTY_PATH | recursive;
    // SAFETY: a C string, and a structure of the size that is given.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            at,
            path.as_ptr(),
            flags,
            &raw const wanted,
            size_of::<MountAttributes>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(()) }
}

/// Makes folders and empty files below the working directory.
fn make(folders: &[CString], files: &[CString]) -> Result<(), Step> {
    for folder in folders {
        // SAFETY: a C string.
        check(Step::Folders, unsafe {
            libc::mkdir(folder.as_ptr(), 0o755)
        })?;
    }
    for file in files {
        let flags = libc::O_CREAT | libc::O_EXCL | libc::O_WRONLY | libc::O_CLOEXEC;
        // SAFETY: a C string.
        let made = unsafe { libc::open(file.as_ptr(), flags, 0o444) };
        check(Step::Folders, made)?;
        // SAFETY: a descriptor of ours.
        unsafe { libc::close(made) };
    }
    Ok(())
}

/// First and last address of this process's arguments, by the kernel's word; an empty range where it is not told.
fn own_arguments() -> (usize, usize) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name may hold anything, so fields are counted from its end; these are numbers 48 and 49.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let mut fields = after_name.split_whitespace().skip(45);
    let mut next = || fields.next()?.parse().ok();
    match (next(), next()) {
        (Some(start), Some(end)) => (start, end),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_outermost_first() {
        let all: Vec<_> = parents(Path::new("/a/b/c")).collect();
        assert_eq!(all, [PathBuf::from("/a"), PathBuf::from("/a/b")]);
        assert_eq!(parents(Path::new("/a")).count(), 0);
    }

    #[test]
    fn the_arguments_are_where_the_kernel_says() {
        let (start, end) = own_arguments();
        let name = std::env::args_os().next().unwrap();
        assert!(end - start > name.len());
    }

    #[test]
    fn every_step_has_words() {
        let known = (0..64)
            .filter(|number| Step::text(*number).is_some())
            .count();
        assert_eq!(known, 14);
    }
}
