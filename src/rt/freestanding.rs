//! The entry point that the kernel jumps to.

use super::arena::{NO_STORE, Store};
use core::arch::naked_asm;
use core::ffi::c_char;
use sexton::Args;
use sexton::sys::{arch, process};

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
    naked_asm!("xor ebp, ebp", "mov rdi, rsp", "call {enter}", "ud2", enter = sym enter);
    #[cfg(target_arch = "aarch64")]
    naked_asm!("mov x29, xzr", "mov x30, xzr", "mov x0, sp", "b {enter}", enter = sym enter);
}

/// What is written lies on the stack that the kernel has made, where its first
/// page is at hand already: a segment for it would cost each start a mapping, a
/// page fault and a page.
unsafe extern "C" fn enter(stack: *mut usize) -> ! {
    let mut store = Store::new();
    store.own = &raw mut store;
    // SAFETY: this frame is never left.
    unsafe { point_at(&raw mut store) };
    // SAFETY: `stack` is the initial stack, laid out as above, and ours alone.
    let args = unsafe {
        let argc = *stack;
        let argv = stack.add(1).cast::<*const c_char>();
        Args::new(argc, argv, argv.add(argc).add(1))
    };
    crate::init(args)
}

/// Makes `store` what the thread pointer points at, which is nobody else's
/// here: arch_prctl(2).
///
/// # Safety
/// It must stay there.
#[inline(always)]
unsafe fn point_at(store: *mut Store) {
    #[cfg(target_arch = "x86_64")]
    {
        const ARCH_SET_FS: usize = 0x1002;
        // SAFETY: the caller vouches for the block.
        if unsafe { arch::syscall2(libc::SYS_arch_prctl, ARCH_SET_FS, store as usize) } != 0 {
            process::exit(NO_STORE);
        }
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above; no other code of this process reads the register.
    unsafe {
        core::arch::asm!("msr tpidr_el0, {}", in(reg) store, options(nostack, preserves_flags))
    };
}

/// What the thread pointer points at.
#[inline(always)]
pub(super) fn store() -> *mut Store {
    let store;
    // SAFETY: `enter` comes before everything that asks.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!("mov {}, fs:0", out(reg) store, options(pure, readonly, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!("mrs {}, tpidr_el0", out(reg) store, options(pure, readonly, nostack, preserves_flags));
    }
    store
}

/// Gives back the two pages of stack below the one in use: so far down the search for
/// the program went, with a path and a frame or two.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn give_back_stack() {
    const PAGE: usize = 4096;
    let end: usize;
    // What may lie below the stack pointer is the ABI's "red zone", and no more.
    // SAFETY: reads a register. Not `pure`: it is to be read here.
    unsafe { core::arch::asm!("lea {}, [rsp - 128]", out(reg) end, options(nomem, nostack, preserves_flags)) };
    give_back_pages((end & !(PAGE - 1)).wrapping_sub(2 * PAGE), 2 * PAGE);
}

/// On arm64 a page may be 64 KiB, and the kernel gives back whole pages: what is in use
/// might be in the last. So all stays.
#[cfg(target_arch = "aarch64")]
fn give_back_stack() {}

#[inline(always)]
fn give_back_pages(begin: usize, size: usize) {
    // SAFETY: the callers' ranges hold what is mapped from the file, read-only, or
    // nothing that is in use, up to the end of a page.
    let _ = unsafe { arch::syscall3(libc::SYS_madvise, begin, size, libc::MADV_DONTNEED.unsigned_abs() as usize) };
}

/// `madvise(.., MADV_DONTNEED)`, of the stack below what is in use, and of the text that
/// only start-up needs, or hardly anybody, who may have, or that was mapped along with
/// the rest: madvise(2). The text is private and unchanged, so it is read from the file
/// again where it is touched.
#[inline(always)]
pub(super) fn give_back() {
    unsafe extern "C" {
        // link.ld
        static __start_begin: u8;
        static __start_size: u8;
        static __cold_begin: u8;
        static __cold_size: u8;
    }
    // As constants: Rust would read each address from a table.
    macro_rules! address {
        ($symbol:ident) => {{
            let address: usize;
            // SAFETY: takes an address, or what link.ld gives as one.
            unsafe {
                #[cfg(target_arch = "x86_64")]
                core::arch::asm!(
                    "mov {0:e}, offset {1}", out(reg) address, sym $symbol,
                    options(pure, nomem, nostack, preserves_flags)
                );
                #[cfg(target_arch = "aarch64")]
                {
                    address = &raw const $symbol as usize;
                }
            }
            address
        }};
    }
    give_back_stack();
    give_back_pages(address!(__start_begin), address!(__start_size));
    give_back_pages(address!(__cold_begin), address!(__cold_size));
}
