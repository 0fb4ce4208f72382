//! All the heap there is: mio's event buffer, and nothing once it is sealed.

use super::store;
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;
use sexton::sys::process;

/// mio allocates 12 bytes an event; hosted debug builds a few more.
const BYTES: usize = 112;

/// The exit code where memory is asked for that cannot be had. Returning null
/// would keep std's allocation error path, and with it all of its panic
/// machinery, in the binary.
pub(super) const NO_STORE: u8 = 125;

/// As aligned as anything that is allocated.
#[repr(C, align(16))]
struct Memory(MaybeUninit<[u8; BYTES]>);

/// What init writes besides its stack.
#[repr(C)]
pub(super) struct Store {
    /// The block's own address, where the thread pointer points at it.
    pub(super) own: *mut Store,
    used: usize,
    /// The C library's errno, for mio.
    pub(super) errno: c_int,
    /// Last, so that the others are near the beginning and instructions short.
    memory: Memory,
}

impl Store {
    pub(super) const fn new() -> Self {
        Self { own: ptr::null_mut(), used: 0, errno: 0, memory: Memory(MaybeUninit::uninit()) }
    }
}

struct Arena;

#[global_allocator]
static ARENA: Arena = Arena;

/// Start-up is over: from here on every allocation ends the process (in the
/// freestanding binary no path to one is left), and what supervision does not need of
/// text and stack is given back. Text comes back from the file if it is run again, as
/// for a note.
#[inline(always)]
pub fn seal() {
    // SAFETY: nobody else looks at it meanwhile: init has one thread.
    unsafe { (*store()).used = BYTES };
    #[cfg(freestanding)]
    super::freestanding::give_back();
}

// Out of line, so that `alloc` stays small enough to be inlined where mio calls
// it, and can be seen not to return null.
#[cold]
#[inline(never)]
fn out_of_arena() -> ! {
    process::exit(NO_STORE)
}

// SAFETY: hands out disjoint parts of `memory`, aligned, never twice.
unsafe impl GlobalAlloc for Arena {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread; start + size is within `memory`.
        unsafe {
            let store = store();
            let mask = layout.align().wrapping_sub(1);
            let start = (*store).used.wrapping_add(mask) & !mask;
            let end = start.saturating_add(layout.size());
            if end > BYTES {
                out_of_arena();
            }
            (*store).used = end;
            (&raw mut (*store).memory).cast::<u8>().add(start)
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
