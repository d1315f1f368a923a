//! Giving up what a program must not have: other users and groups, and every capability.
#![expect(
    unsafe_code,
    reason = "identity and capabilities are changed between fork and exec, where only raw calls are allowed"
)]

use std::ptr;

use super::own_root::{INNER_ID, Step, check};

/// Becomes the program's user, and gives up every capability.
pub(super) fn drop_privileges() -> Result<(), Step> {
    // Refused where an ordinary user mapped itself; then there are no groups that could be kept.
    // By number: libc would ask all threads to follow, under a lock that a thread may have held at the fork.
    let nobody = ptr::null::<libc::gid_t>();
    // SAFETY: no groups, so nothing is read.
    unsafe { libc::syscall(libc::SYS_setgroups, 0_usize, nobody) };
    let id = INNER_ID;
    // SAFETY: takes numbers only.
    let group = unsafe { libc::syscall(libc::SYS_setresgid, id, id, id) };
    check(Step::Identity, group)?;
    drop_bounding_set();
    // SAFETY: takes numbers only.
    let user = unsafe { libc::syscall(libc::SYS_setresuid, id, id, id) };
    check(Step::Identity, user)?;
    drop_capabilities().map_err(|()| Step::Capabilities)
}

/// Empties the set of capabilities that exec could give back. Where that is not permitted there are none to lose.
pub(super) fn drop_bounding_set() {
    /// More than any kernel has.
    const HIGHEST: libc::c_ulong = 63;
    for capability in 0..=HIGHEST {
        // SAFETY: takes numbers only.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
}

/// Empties this process's own sets of capabilities.
pub(super) fn drop_capabilities() -> Result<(), ()> {
    /// `_LINUX_CAPABILITY_VERSION_3` of <linux/capability.h>.
    const VERSION: u32 = 0x2008_0522;
    let header = [VERSION, 0];
    let none = [0_u32; 6];
    // SAFETY: header and data have the layout of that version.
    let set = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) };
    // SAFETY: takes numbers only. Kernels without ambient capabilities have none to clear.
    unsafe {
        libc::prctl(
            libc::PR_CAP_AMBIENT,
            libc::PR_CAP_AMBIENT_CLEAR_ALL,
            0,
            0,
            0,
        )
    };
    if set == 0 { Ok(()) } else { Err(()) }
}
