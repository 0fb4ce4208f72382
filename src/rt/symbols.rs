//! The symbols of a C library that are still asked for after link-time
//! optimisation: mio's four system calls and errno, and the memory functions
//! that the compiler makes calls of. One that is missing here fails the link.

use super::store;
use core::arch::naked_asm;
use core::ffi::{c_int, c_void};
use sexton::sys::arch;

#[unsafe(no_mangle)]
extern "C" fn __errno_location() -> *mut c_int {
    // SAFETY: the block lives as long as the process.
    unsafe { &raw mut (*store()).errno }
}

/// The C library's convention: -1, and the error in errno.
#[inline(never)]
fn answer(value: isize) -> c_int {
    prompt_answer(value)
}

/// The same where nothing may return after the system call.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the kernel declares descriptors, counts and errors as int")]
fn prompt_answer(value: isize) -> c_int {
    let value = value as c_int;
    if value >= 0 {
        return value;
    }
    // SAFETY: one thread, and nobody holds a reference to it.
    unsafe { *__errno_location() = value.wrapping_neg() };
    -1
}

const fn word(value: c_int) -> usize {
    value.cast_unsigned() as usize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_create1(flags: c_int) -> c_int {
    // SAFETY: takes no pointers.
    answer(unsafe { arch::syscall1(libc::SYS_epoll_create1, word(flags)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_ctl(epoll: c_int, operation: c_int, fd: c_int, event: *mut c_void) -> c_int {
    // SAFETY: the caller's contract is the system call's.
    answer(unsafe { arch::syscall4(libc::SYS_epoll_ctl, word(epoll), word(operation), word(fd), event as usize) })
}

// rustc says that this is ignored; it is not where link-time optimisation finds
// mio's call of it. Why it matters: `Supervisor::run` in src/driver/mod.rs.
#[allow(unused_attributes, reason = "see above")]
#[inline(always)]
#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_wait(epoll: c_int, events: *mut c_void, most: c_int, timeout: c_int) -> c_int {
    // Not every architecture has epoll_wait; with a null mask this is the same.
    // SAFETY: the caller's contract is the system call's.
    prompt_answer(unsafe {
        arch::syscall6(libc::SYS_epoll_pwait, word(epoll), events as usize, word(most), word(timeout), 0, 8)
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn close(fd: c_int) -> c_int {
    // SAFETY: takes no pointers.
    answer(unsafe { arch::syscall1(libc::SYS_close, word(fd)) })
}

/// The outline atomics of compiler_builtins have a constructor that names it;
/// constructors are not run here, and the linker script drops them.
#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
extern "C" fn getauxval(_: core::ffi::c_ulong) -> core::ffi::c_ulong {
    0
}

// In assembly, for the compiler would make a loop in Rust a call of itself.

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy() {
    naked_asm!("mov rax, rdi", "mov rcx, rdx", "rep movsb", "ret")
}

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memset() {
    naked_asm!("mov r8, rdi", "mov eax, esi", "mov rcx, rdx", "rep stosb", "mov rax, r8", "ret")
}

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen() {
    naked_asm!("lea rax, [rdi - 1]", "2:", "inc rax", "cmp byte ptr [rax], 0", "jne 2b", "sub rax, rdi", "ret")
}

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp() {
    naked_asm!("xor eax, eax", "mov rcx, rdx", "cmp eax, eax", "repe cmpsb", "setne al", "ret")
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy() {
    naked_asm!(
        "mov x3, x0",
        "2:",
        "cbz x2, 3f",
        "ldrb w4, [x1], #1",
        "strb w4, [x3], #1",
        "sub x2, x2, #1",
        "b 2b",
        "3:",
        "ret"
    )
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memset() {
    naked_asm!("mov x3, x0", "2:", "cbz x2, 3f", "strb w1, [x3], #1", "sub x2, x2, #1", "b 2b", "3:", "ret")
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen() {
    naked_asm!("mov x1, x0", "2:", "ldrb w2, [x1], #1", "cbnz w2, 2b", "sub x0, x1, x0", "sub x0, x0, #1", "ret")
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp() {
    naked_asm!(
        "mov w3, #0",
        "2:",
        "cbz x2, 3f",
        "ldrb w3, [x0], #1",
        "ldrb w4, [x1], #1",
        "subs w3, w3, w4",
        "sub x2, x2, #1",
        "b.eq 2b",
        "3:",
        "mov w0, w3",
        "ret"
    )
}
