//! The entry point that the kernel jumps to.

use core::arch::naked_asm;
use core::ffi::c_char;
use sexton::Args;
use sexton::sys::arch;

#[cfg(any(not(panic = "abort"), debug_assertions))]
compile_error!(
    "the freestanding sexton needs the release profile of its own Cargo.toml (panic = \"abort\", no debug-assertions); \
     elsewhere build it with `--features hosted`"
);

/// On entry the stack holds argc, argv, a null, envp, a null: the table
/// "Process Initialization" of the processor's ABI. The frame pointer is
/// cleared to mark the outermost frame.
///
/// Init's own frames go elsewhere, beside the arena (link.ld): one page to
/// touch where there would be two or three. A stack that overflows runs into
/// the text, which cannot be written, as it would into a guard page.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(
        "xor ebp, ebp", "mov rdi, rsp", "lea rsp, [rip + __stack_top]", "call {enter}", "ud2", enter = sym enter
    );
    #[cfg(target_arch = "aarch64")]
    naked_asm!(
        "mov x29, xzr", "mov x30, xzr", "mov x0, sp",
        "adrp x1, __stack_top", "add sp, x1, :lo12:__stack_top", "b {enter}", enter = sym enter
    );
}

unsafe extern "C" fn enter(stack: *mut usize) -> ! {
    // SAFETY: `stack` is the initial stack, laid out as above, and ours alone.
    let args = unsafe {
        let argc = *stack;
        let argv = stack.add(1).cast::<*const c_char>();
        Args::new(argc, argv, argv.add(argc).add(1))
    };
    crate::init(args)
}

/// `madvise(start-up's text, MADV_DONTNEED)`: madvise(2). The pages are private
/// and unchanged, so they are read from the file again when they are touched.
#[inline(always)]
pub(super) fn give_back() {
    unsafe extern "C" {
        // link.ld
        static __start_up_begin: u8;
        static __start_up_end: u8;
    }
    let (begin, end) = (&raw const __start_up_begin as usize, &raw const __start_up_end as usize);
    // SAFETY: the range is mapped from the file, read-only. What the call
    // returns to is not in it: link.ld places the supervision before it.
    let _ = unsafe {
        arch::syscall3(libc::SYS_madvise, begin, end.saturating_sub(begin), libc::MADV_DONTNEED.unsigned_abs() as usize)
    };
}
