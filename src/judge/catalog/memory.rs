//! Wrong use of memory.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "memory/use-after-free",
        "A block is used after it was freed",
        "A block was given back, and a pointer that still held its address was followed. What lies there then may be anything: \
         the old bytes, another block's, or nothing at all. Most often the program seems to work, which makes this the most \
         treacherous of the wrong uses. A growing `Vec` gives its old block back too: pointers to its elements then point to \
         freed memory. Look at who frees the block, and at which pointers to it are left at that moment.",
    ),
    entry(
        "memory/past-the-end",
        "Memory after the end of a block is used",
        "A read or a write went beyond the last byte of its block. There may be another block, or bytes that the allocator keeps \
         for itself; a write changes what belongs to somebody else, who notices much later. Look at how many elements there is \
         room for, how large each is, and which index comes last. An index counts elements, an offset of bytes counts bytes.",
    ),
    entry(
        "memory/before-the-start",
        "Memory before the start of a block is used",
        "A read or a write went to addresses below the first byte of its block. What lies there belongs to somebody else, often \
         to the allocator. Look at what is subtracted from the pointer, and at an index that goes one below 0.",
    ),
    entry(
        "memory/double-free",
        "A block is freed twice",
        "A block was given back that had been given back already. By then the allocator may have handed it to somebody else, whose \
         memory is taken away. Each block needs exactly one owner that frees it. Two boxes made of one pointer, a value that was \
         copied bit by bit, or a pointer that is kept after its owner is gone all lead here.",
    ),
    entry(
        "memory/bad-free",
        "Something is freed that is not a block",
        "The pointer that was given back is not one that the allocator gave: it points into the middle of a block, to the stack, \
         to a static, or to nothing. Only the very pointer that an allocation returned may be given back. Follow the pointer to \
         where it was made, and look at what was added to it since.",
    ),
    entry(
        "memory/wrong-layout",
        "A block is given back with another layout",
        "Rust's allocator does not remember how large a block is: whoever gives it back says so, with the layout that it was asked \
         for. If size or alignment differ, the allocator may put it where it does not belong. With `Vec` parts, the capacity is \
         what counts and not the length. Compare how the layout is computed in both places.",
    ),
    entry(
        "memory/zero-size",
        "Memory of 0 bytes is asked for",
        "The functions of `std::alloc` must not be asked for 0 bytes; what they do then is undefined. A value of a type without \
         size needs no memory, and an empty list needs none yet. Look at what happens when the number of elements is 0.",
    ),
    entry(
        "memory/null-pointer",
        "A null pointer is used",
        "The address 0, or one just above it, was read or written. An allocation that fails returns null, and so does much that \
         says \"there is none\". Look at which pointer it was, and at whether anybody asked if it is null.",
    ),
    entry(
        "memory/wild-pointer",
        "A pointer points to nothing",
        "An address was used that belongs to nothing of the program's. Perhaps the pointer was never written, or was computed from \
         a number that was too large, or its own memory had been given to somebody else. Look at where it was written last.",
    ),
];
