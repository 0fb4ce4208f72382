//! The entry point that the kernel jumps to.

use core::arch::naked_asm;
use core::ffi::c_char;
use sexton::Args;
use sexton::sys::process;

#[cfg(any(not(panic = "abort"), debug_assertions))]
compile_error!(
    "the freestanding sexton needs the release profile of its own Cargo.toml (panic = \"abort\", no debug-assertions); \
     elsewhere build it with `--features hosted`"
);

/// On entry the stack holds argc, argv, a null, envp, a null: the table
/// "Process Initialization" of the processor's ABI. The frame pointer is
/// cleared to mark the outermost frame.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!("xor ebp, ebp", "mov rdi, rsp", "and rsp, -16", "call {enter}", "ud2", enter = sym enter);
    #[cfg(target_arch = "aarch64")]
    naked_asm!("mov x29, xzr", "mov x30, xzr", "mov x0, sp", "and sp, x0, #-16", "b {enter}", enter = sym enter);
}

unsafe extern "C" fn enter(stack: *mut usize) -> ! {
    // SAFETY: `stack` is the initial stack, laid out as above, and ours alone.
    let args = unsafe {
        let argc = *stack;
        let argv = stack.add(1).cast::<*const c_char>();
        Args::new(argc, argv, argv.add(argc).add(1))
    };
    process::exit(crate::init(args))
}
