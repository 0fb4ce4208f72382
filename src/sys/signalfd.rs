//! The descriptor that signals are read from: signalfd(2).

use super::{arch, fd, number, word};
use crate::error::Errno;
use crate::signal::{Signal, SignalSet};
use core::mem::MaybeUninit;
use core::slice;

/// Bytes of one record: struct signalfd_siginfo.
const RECORD: usize = size_of::<libc::signalfd_siginfo>();
const _: () = assert!(RECORD == 128, "the kernel's record, include/uapi/linux/signalfd.h");

/// Room for two records: one signal, the usual case, leaves the read short,
/// and a short read proves that no other was pending.
const ROOM: usize = 2;

/// A signal as it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received {
    /// Which one.
    pub signal: Signal,
    /// `si_code`: 0 or less if a process sent it. sigaction(2).
    pub code: i32,
    /// The sender as init's PID namespace counts, 0 from outside.
    pub pid: i32,
    /// The sender's user.
    pub uid: u32,
    /// What sigqueue(3) sent along.
    pub value: u64,
}

/// A signalfd for all signals.
#[derive(Clone, Copy, Debug)]
pub struct SignalFd {
    fd: i32,
}

/// Records read at once.
pub struct Batch {
    /// Not filled in: that would cost more instructions than everything else
    /// that a signal does here.
    bytes: MaybeUninit<[u8; RECORD * ROOM]>,
    /// How many of them the kernel has written.
    len: usize,
}

impl SignalFd {
    /// Where there is none to be had: reading it fails.
    pub const NONE: Self = Self { fd: -1 };

    /// `signalfd4(-1, all, SFD_NONBLOCK | SFD_CLOEXEC)`, numbered above 2; and
    /// whether descriptors 0 to 2 were all open: it would have got the first that
    /// was not.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM, ENODEV; ENOSYS where a sandbox has none.
    #[doc(alias = "signalfd")]
    pub fn new() -> Result<(Self, bool), Errno> {
        let all = SignalSet::ALL;
        // SAFETY: the set is valid for its size.
        let made = unsafe {
            arch::syscall4(
                libc::SYS_signalfd4,
                word(-1),
                &raw const all as usize,
                size_of::<SignalSet>(),
                word(libc::SFD_NONBLOCK | libc::SFD_CLOEXEC),
            )
        };
        let lowest = number(made)?;
        Ok((Self { fd: fd::above_standard(lowest)? }, lowest > 2))
    }

    /// The descriptor's number.
    #[must_use]
    pub const fn raw(self) -> i32 {
        self.fd
    }

    /// `read(signalfd)`: as many signals as are pending and as there is room
    /// for. read(2).
    ///
    /// # Errors
    /// EAGAIN if none is pending.
    pub fn read(self, batch: &mut Batch) -> Result<(), Errno> {
        // Raw: rustix asserts that a descriptor is not -1.
        // SAFETY: the kernel writes at most as many bytes as there are.
        let read =
            unsafe { arch::syscall3(libc::SYS_read, word(self.fd), batch.bytes.as_mut_ptr() as usize, RECORD * ROOM) };
        batch.len = number(read)?.unsigned_abs() as usize;
        Ok(())
    }
}

impl Batch {
    /// Room for records.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: MaybeUninit::uninit(), len: 0 }
    }

    /// Whether nothing more was pending when this was read.
    #[must_use]
    pub const fn was_last(&self) -> bool {
        self.len < RECORD * ROOM
    }

    /// The signals in the kernel's order.
    pub fn signals(&self) -> impl Iterator<Item = Received> + '_ {
        // SAFETY: the kernel has written the first `len` bytes, and no more than
        // there are.
        let bytes = unsafe { slice::from_raw_parts(self.bytes.as_ptr().cast::<u8>(), self.len) };
        let records = bytes.chunks_exact(RECORD);
        records.filter_map(|record| {
            // struct signalfd_siginfo begins with ssi_signo, ssi_errno,
            // ssi_code, ssi_pid, ssi_uid, 32 bits each; ssi_ptr is 64.
            let field = |at: usize| -> Option<[u8; 4]> { record.get(at..)?.first_chunk().copied() };
            Some(Received {
                signal: Signal::new(u32::from_ne_bytes(field(0)?))?,
                code: i32::from_ne_bytes(field(8)?),
                pid: i32::from_ne_bytes(field(12)?),
                uid: u32::from_ne_bytes(field(16)?),
                value: u64::from_ne_bytes(*record.get(48..)?.first_chunk()?),
            })
        })
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

const _: () = {
    assert!(core::mem::offset_of!(libc::signalfd_siginfo, ssi_code) == 8);
    assert!(core::mem::offset_of!(libc::signalfd_siginfo, ssi_pid) == 12);
    assert!(core::mem::offset_of!(libc::signalfd_siginfo, ssi_uid) == 16);
    assert!(core::mem::offset_of!(libc::signalfd_siginfo, ssi_ptr) == 48);
};
