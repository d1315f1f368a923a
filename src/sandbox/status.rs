//! The status socket: on it a child says how far it came, hands over descriptors, and tells what became of the program.
//!
//! Messages keep their bounds, and the kernel adds who sent them: the sender's process id as this process sees it, which a
//! process in a namespace of its own does not know.
#![expect(
    unsafe_code,
    reason = "the child's end is used between fork and exec, where only raw calls are allowed"
)]

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SocketFlags, SocketType,
    recvmsg, socketpair, sockopt,
};

use super::RawFd;

/// One message: what it is about, and a number.
pub(super) type Words = [u32; 2];

/// A message as it arrived.
#[derive(Debug)]
pub(super) struct Message {
    /// What it is about.
    pub(super) step: u32,
    /// A number that belongs to it.
    pub(super) detail: u32,
    /// Who sent it.
    pub(super) sender: Option<i32>,
    /// The descriptor that came with it.
    pub(super) descriptor: Option<OwnedFd>,
}

/// Our end.
#[derive(Debug)]
pub(super) struct Status(OwnedFd);

/// Makes the socket: our end and the child's.
pub(super) fn pair() -> rustix::io::Result<(Status, OwnedFd)> {
    let kind = SocketType::SEQPACKET;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_passcred(&ours, true)?;
    Ok((Status(ours), theirs))
}

impl Status {
    /// The next message; `None` at the end, and when there is none and `wait` is false.
    pub(super) fn next(&self, wait: bool) -> Option<Message> {
        let mut words: Words = [0; 2];
        let mut bytes = [0; size_of::<Words>()];
        let mut space =
            [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1), ScmCredentials(1))];
        let flags = if wait {
            RecvFlags::empty()
        } else {
            RecvFlags::DONTWAIT
        };
        let got = loop {
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut parts = [IoSliceMut::new(&mut bytes)];
            match recvmsg(
                &self.0,
                &mut parts,
                &mut control,
                flags | RecvFlags::CMSG_CLOEXEC,
            ) {
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return None,
                Ok(got) => {
                    let (mut sender, mut descriptor) = (None, None);
                    for message in control.drain() {
                        match message {
                            RecvAncillaryMessage::ScmRights(mut all) => descriptor = all.next(),
                            RecvAncillaryMessage::ScmCredentials(who) => {
                                sender = Some(who.pid.as_raw_nonzero().get());
                            }
                            _ => {}
                        }
                    }
                    break (got.bytes == size_of::<Words>()).then_some((sender, descriptor));
                }
            }
        };
        let (sender, descriptor) = got?;
        for (word, part) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_ne_bytes(part.try_into().ok()?);
        }
        let [step, detail] = words;
        Some(Message {
            step,
            detail,
            sender,
            descriptor,
        })
    }
}

/// The child's end, by number. Its functions are safe between fork and exec.
#[derive(Debug, Clone, Copy)]
pub(super) struct Teller(pub(super) RawFd);

impl Teller {
    /// The child's end of a socket that stays open meanwhile.
    pub(super) fn of(end: &OwnedFd) -> Self {
        Self(end.as_raw_fd())
    }

    /// Sends one message.
    pub(super) fn tell(self, step: u32, detail: u32) {
        let words: Words = [step, detail];
        // SAFETY: the message is valid for reading. If nobody listens any more, nobody needs to know.
        unsafe {
            libc::send(
                self.0,
                words.as_ptr().cast(),
                size_of_val(&words),
                libc::MSG_NOSIGNAL,
            )
        };
    }

    /// Sends one message with a descriptor.
    pub(super) fn hand_over(self, step: u32, descriptor: RawFd) {
        let words: Words = [step, 0];
        let mut part = libc::iovec {
            iov_base: words.as_ptr().cast_mut().cast(),
            iov_len: size_of_val(&words),
        };
        // Aligned as a control message has to be.
        let mut control = [0_u64; 8];
        let length = u32::try_from(size_of::<RawFd>()).unwrap_or(4);
        // SAFETY: zeroed is a valid header.
        let mut header = unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() };
        header.msg_iov = &raw mut part;
        header.msg_iovlen = 1;
        header.msg_control = control.as_mut_ptr().cast();
        // SAFETY: takes a number only.
        header.msg_controllen = unsafe { libc::CMSG_SPACE(length) } as _;
        // SAFETY: the header describes a control buffer of enough room for one message.
        let first = unsafe { libc::CMSG_FIRSTHDR(&raw const header) };
        if first.is_null() {
            return;
        }
        // SAFETY: takes a number only.
        let whole = unsafe { libc::CMSG_LEN(length) } as _;
        let message = libc::cmsghdr {
            cmsg_len: whole,
            cmsg_level: libc::SOL_SOCKET,
            cmsg_type: libc::SCM_RIGHTS,
        };
        // SAFETY: `first` points into `control`, which is large and aligned enough.
        unsafe { ptr::write(first, message) };
        // SAFETY: as above.
        let data = unsafe { libc::CMSG_DATA(first) };
        // SAFETY: as above; the data need not be aligned.
        unsafe { ptr::write_unaligned(data.cast::<RawFd>(), descriptor) };
        // SAFETY: everything that the header points to lives until the call returns.
        unsafe { libc::sendmsg(self.0, &raw const header, libc::MSG_NOSIGNAL) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_bounds_and_bring_their_sender_and_a_descriptor() {
        let (ours, theirs) = pair().unwrap();
        let teller = Teller::of(&theirs);
        teller.tell(1, 2);
        let file = tempfile::tempfile().unwrap();
        teller.hand_over(3, file.as_raw_fd());
        let first = ours.next(false).unwrap();
        assert_eq!((first.step, first.detail), (1, 2));
        assert_eq!(first.sender, Some(std::process::id().cast_signed()));
        assert!(first.descriptor.is_none());
        let second = ours.next(true).unwrap();
        assert_eq!(second.step, 3);
        assert!(second.descriptor.is_some());
        assert!(ours.next(false).is_none());
        drop(theirs);
        assert!(ours.next(true).is_none());
    }
}
