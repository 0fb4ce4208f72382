//! All the heap there is: mio's event buffer, and nothing once it is sealed.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;
use sexton::sys::process;

/// mio allocates 12 bytes an event; hosted debug builds a few more.
const BYTES: usize = 256;

/// Ends the process where memory is asked for that cannot be had. Returning
/// null would keep std's allocation error path, and with it all of its panic
/// machinery, in the binary.
const OUT_OF_ARENA: u8 = 125;

#[repr(C, align(16))]
struct Arena {
    memory: UnsafeCell<[u8; BYTES]>,
    used: UnsafeCell<usize>,
}

// SAFETY: init has one thread. (A hosted debug build that panics may use it
// from no other thread either.)
unsafe impl Sync for Arena {}

#[global_allocator]
static ARENA: Arena = Arena { memory: UnsafeCell::new([0; BYTES]), used: UnsafeCell::new(0) };

/// Start-up is over: from here on every allocation ends the process (in the
/// freestanding binary no path to one is left), and what only start-up needed
/// of the text is given back. It comes back from the file if it is run again,
/// as for a note.
#[inline(always)]
pub fn seal() {
    // SAFETY: nobody else looks at `used` meanwhile (see `Sync`).
    unsafe { ptr::write(ARENA.used.get(), BYTES) };
    #[cfg(freestanding)]
    super::freestanding::give_back();
}

// Out of line, so that `alloc` stays small enough to be inlined where mio calls
// it, and can be seen not to return null.
#[cold]
#[inline(never)]
fn out_of_arena() -> ! {
    process::exit(OUT_OF_ARENA)
}

// SAFETY: hands out disjoint parts of `memory`, aligned, never twice.
unsafe impl GlobalAlloc for Arena {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread (see `Sync`); start + size is within `memory`.
        unsafe {
            let mask = layout.align().wrapping_sub(1);
            let start = (*self.used.get()).wrapping_add(mask) & !mask;
            let end = start.saturating_add(layout.size());
            if end > BYTES {
                out_of_arena();
            }
            *self.used.get() = end;
            self.memory.get().cast::<u8>().add(start)
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
