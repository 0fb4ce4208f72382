//! System calls through the C library, for architectures without a file of
//! their own here. Such builds are always hosted.

macro_rules! system_calls {
    ($($name:ident($($argument:ident),*);)*) => {$(
        /// A system call with as many arguments as its name says.
        ///
        /// # Safety
        /// What the call does with its arguments must be sound: pointers among
        /// them valid for as long and as much as the kernel uses them.
        pub unsafe fn $name(number: libc::c_long, $($argument: usize),*) -> isize {
            // SAFETY: the caller vouches for the arguments.
            match unsafe { libc::syscall(number, $($argument),*) } {
                // SAFETY: errno is always readable.
                -1 => -(unsafe { *libc::__errno_location() } as isize),
                value => value as isize,
            }
        }
    )*};
}

system_calls! {
    syscall1(a);
    syscall2(a, b);
    syscall3(a, b, c);
    syscall4(a, b, c, d);
    syscall5(a, b, c, d, e);
    syscall6(a, b, c, d, e, f);
}

/// `fork()`, whatever the flags: the child calls `run(argument)`. A child in
/// the caller's memory needs assembly, so flags that ask for one are refused
/// as an old kernel would.
///
/// # Safety
/// `argument` must be valid for what `run` does with it.
pub unsafe fn clone<T>(flags: i32, run: extern "C" fn(*mut T) -> !, argument: *mut T) -> isize {
    if flags != libc::SIGCHLD {
        return -(libc::EINVAL as isize);
    }
    // SAFETY: the child makes only async-signal-safe calls.
    match unsafe { libc::fork() } {
        0 => run(argument),
        // SAFETY: errno is always readable.
        -1 => -(unsafe { *libc::__errno_location() } as isize),
        pid => pid as isize,
    }
}
