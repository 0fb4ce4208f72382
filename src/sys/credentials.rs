//! Becoming another user: credentials(7).

use super::{arch, done, number};
use crate::account::{Account, MOST_GROUPS};
use crate::error::Errno;

/// `setgroups`, `setresgid`, `setresuid`, for this thread alone, and then a look
/// whether the kernel agrees: only that counts.
///
/// # Errors
/// EPERM without the privilege, EINVAL for an id that the user namespace does
/// not map. The caller must not go on then.
#[doc(alias = "setuid")]
pub(super) fn assume(account: &Account) -> Result<(), Errno> {
    let groups = account.groups();
    let (user, group) = (account.uid as usize, account.gid() as usize);
    // SAFETY: the kernel reads as many groups as there are.
    let grouped = done(unsafe { arch::syscall2(libc::SYS_setgroups, groups.len(), groups.as_ptr() as usize) });
    // SAFETY: takes no pointers.
    let in_group = done(unsafe { arch::syscall3(libc::SYS_setresgid, group, group, group) });
    // SAFETY: takes no pointers.
    let become_user = done(unsafe { arch::syscall3(libc::SYS_setresuid, user, user, user) });
    match is(account) {
        true => Ok(()),
        // Refused, or worse: said to be done.
        false => grouped.and(in_group).and(become_user).and(Err(Errno::PERM)),
    }
}

/// Whether real, effective and saved ids and all groups are these.
fn is(account: &Account) -> bool {
    let ids = |call| {
        let mut ids = [!0u32; 3];
        let [real, effective, saved] = &mut ids;
        // SAFETY: the kernel writes three ids.
        let asked = unsafe {
            arch::syscall3(call, &raw mut *real as usize, &raw mut *effective as usize, &raw mut *saved as usize)
        };
        done(asked).map(|()| ids)
    };
    let mut groups = [0u32; MOST_GROUPS];
    // SAFETY: the kernel writes at most as many groups as there is room for.
    let count = number(unsafe { arch::syscall2(libc::SYS_getgroups, groups.len(), groups.as_mut_ptr() as usize) });
    let count = count.map_or(0, |count| count.unsigned_abs() as usize);
    let mut had = groups.iter().take(count);
    ids(libc::SYS_getresuid) == Ok([account.uid; 3])
        && ids(libc::SYS_getresgid) == Ok([account.gid(); 3])
        && count == account.groups().len()
        && had.all(|group| account.groups().contains(group))
}
