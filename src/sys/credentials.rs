//! Becoming another user: credentials(7).

use super::account::{Account, MOST_GROUPS};
use super::{arch, done};
use crate::error::Errno;
use core::ffi::c_long;
use core::mem::MaybeUninit;
use core::slice;

/// `setgroups`, `setresgid`, `setresuid`, for this thread alone, and after each
/// a look whether the kernel agrees: only that counts.
///
/// # Errors
/// EPERM without the privilege, EINVAL for an id that the user namespace does
/// not map. The caller must not go on then.
#[doc(alias = "setuid")]
#[inline(never)]
pub(super) fn assume(account: &Account) -> Result<(), Errno> {
    let groups = account.groups();
    // SAFETY: the kernel reads as many groups as there are.
    let set = unsafe { arch::syscall2(libc::SYS_setgroups, groups.len(), groups.as_ptr() as usize) };
    let mut now = MaybeUninit::<[u32; MOST_GROUPS]>::uninit();
    let now = now.as_mut_ptr().cast::<u32>();
    // SAFETY: the kernel writes at most as many groups as there is room for.
    let count = unsafe { arch::syscall2(libc::SYS_getgroups, MOST_GROUPS, now as usize) };
    // As many, and as each is wanted once, the same.
    let same = count == groups.len().cast_signed() && {
        // SAFETY: the kernel wrote so many.
        let now = unsafe { slice::from_raw_parts(now, groups.len()) };
        groups.iter().all(|group| now.iter().any(|now| now == group))
    };
    agreed(set, same)?;
    assume_id(libc::SYS_setresgid, libc::SYS_getresgid, account.gid())?;
    assume_id(libc::SYS_setresuid, libc::SYS_getresuid, account.uid)
}

/// Real, effective and saved.
#[inline(never)]
fn assume_id(set: c_long, get: c_long, id: u32) -> Result<(), Errno> {
    // SAFETY: takes no pointers.
    let set = unsafe { arch::syscall3(set, id as usize, id as usize, id as usize) };
    // Nobody has this one, so it need not be known whether the kernel wrote.
    let mut now = [u32::MAX; 3];
    let [real, effective, saved] = &mut now;
    // SAFETY: the kernel writes three ids.
    unsafe { arch::syscall3(get, &raw mut *real as usize, &raw mut *effective as usize, &raw mut *saved as usize) };
    agreed(set, now.iter().all(|&now| now == id))
}

/// Refused, or worse: said to be done.
fn agreed(set: isize, same: bool) -> Result<(), Errno> {
    if same { Ok(()) } else { done(set).and(Err(Errno::PERM)) }
}
