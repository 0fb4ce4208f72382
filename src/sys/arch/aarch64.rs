//! System calls on arm64: syscall(2), the table "Architecture calling
//! conventions", and the child's first instructions.

#![allow(clippy::cast_possible_truncation, reason = "long is a register wide here")]

use core::arch::asm;

macro_rules! system_calls {
    ($($name:ident($first:ident $(, $register:tt $argument:ident)*);)*) => {$(
        /// A system call with as many arguments as its name says.
        ///
        /// # Safety
        /// What the call does with its arguments must be sound: pointers among
        /// them valid for as long and as much as the kernel uses them.
        #[inline(always)]
        pub unsafe fn $name(number: libc::c_long, $first: usize $(, $argument: usize)*) -> isize {
            let value: isize;
            // SAFETY: the caller vouches for the arguments.
            unsafe {
                asm!(
                    "svc 0",
                    in("x8") number as isize,
                    inlateout("x0") $first => value,
                    $(in($register) $argument,)*
                    options(nostack),
                );
            }
            value
        }
    )*};
}

system_calls! {
    syscall1(a);
    syscall2(a, "x1" b);
    syscall3(a, "x1" b, "x2" c);
    syscall4(a, "x1" b, "x2" c, "x3" d);
    syscall5(a, "x1" b, "x2" c, "x3" d, "x4" e);
    syscall6(a, "x1" b, "x2" c, "x3" d, "x4" e, "x5" f);
}

/// `clone(flags, ...)`: the child calls `run(argument)` on the stack below the
/// caller's frame; the parent gets the child's pid or the error.
///
/// With CLONE_VM this is only sound together with CLONE_VFORK: the caller is
/// suspended until the child has executed a program or ended, so nobody else
/// uses that stack.
///
/// # Safety
/// `argument` must be valid for what `run` does with it, and CLONE_VM come with
/// CLONE_VFORK.
#[inline(never)]
pub unsafe fn clone<T>(flags: i32, run: extern "C" fn(*mut T) -> !, argument: *mut T) -> isize {
    let value: isize;
    // SAFETY: the child's stack begins below this frame, which lives until the
    // child is gone; it never returns here.
    unsafe {
        asm!(
            "sub x1, sp, #128",
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x30, xzr",
            "mov x0, x5",
            "blr x6",
            "brk #1",
            "2:",
            in("x8") libc::SYS_clone as isize,
            inlateout("x0") flags as isize => value,
            out("x1") _, in("x2") 0usize, in("x3") 0usize, in("x4") 0usize,
            in("x5") argument, in("x6") run,
        );
    }
    value
}
