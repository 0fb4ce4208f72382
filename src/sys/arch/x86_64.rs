//! System calls on x86-64: syscall(2), the table "Architecture calling
//! conventions", and the child's first instructions.

#![allow(clippy::cast_possible_truncation, reason = "long is a register wide here")]

use core::arch::asm;

macro_rules! system_calls {
    ($($name:ident($($register:tt $argument:ident),*);)*) => {$(
        /// A system call with as many arguments as its name says.
        ///
        /// # Safety
        /// What the call does with its arguments must be sound: pointers among
        /// them valid for as long and as much as the kernel uses them.
        #[inline(always)]
        pub unsafe fn $name(number: libc::c_long, $($argument: usize),*) -> isize {
            let value: isize;
            // SAFETY: the caller vouches for the arguments; rcx and r11 are clobbered.
            unsafe {
                asm!(
                    "syscall",
                    inlateout("rax") number as isize => value,
                    $(in($register) $argument,)*
                    lateout("rcx") _, lateout("r11") _,
                    options(nostack),
                );
            }
            value
        }
    )*};
}

system_calls! {
    syscall1("rdi" a);
    syscall2("rdi" a, "rsi" b);
    syscall3("rdi" a, "rsi" b, "rdx" c);
    syscall4("rdi" a, "rsi" b, "rdx" c, "r10" d);
    syscall5("rdi" a, "rsi" b, "rdx" c, "r10" d, "r8" e);
    syscall6("rdi" a, "rsi" b, "rdx" c, "r10" d, "r8" e, "r9" f);
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
    // SAFETY: the child's stack begins below the red zone of this frame, which
    // lives until the child is gone; it never returns here.
    unsafe {
        asm!(
            "lea rsi, [rsp - 128]",
            "and rsi, -16",
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r8",
            "call r9",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone as isize => value,
            in("rdi") flags as isize, out("rsi") _, in("rdx") 0usize, in("r10") 0usize,
            in("r8") argument, in("r9") run, lateout("rcx") _, lateout("r11") _,
        );
    }
    value
}
