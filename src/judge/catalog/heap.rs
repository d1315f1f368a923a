//! Heap, leaks, pages and stack.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "heap/too-many-blocks",
        "More heap blocks than allowed",
        "Each block on the heap is asked for, kept track of and given back, and that takes time. The exercise bounds how many blocks are \
         allocated, in the whole run or between two lines. The marked line allocated most of them. A Box, a String, a Vec, a format! and a \
         clone of any of these each take a block, and a list that grows takes a new one now and then. Which of them are needed anew each time?",
    ),
    entry(
        "heap/too-few-blocks",
        "Fewer heap blocks than expected",
        "This step should allocate, and it allocated less than the work needs. An empty Vec or String takes no block at all until something \
         is put into it. Work whose result nobody uses may be left out, too. Is each round of the loop really doing what the lesson asks for?",
    ),
    entry(
        "heap/too-many-bytes",
        "More bytes allocated than allowed",
        "The sum of all sizes that were ever asked for is larger than the exercise allows. It does not matter whether they were given back. \
         A list that grows step by step is copied into larger and larger blocks, which add up. \
         Look at the marked line: how large is what it allocates, and how often does it?",
    ),
    entry(
        "heap/too-few-bytes",
        "Fewer bytes allocated than expected",
        "The work of this step needs more memory than was asked for, so some of it was not done, or not on the heap. Compare the sizes that \
         the lesson names with those in the program. How many items are there, and how large is each?",
    ),
    entry(
        "heap/peak-over-limit",
        "Too much was alive at once",
        "The peak is the most heap memory that was alive at one moment. It decides how large a machine the program needs. \
         What was allocated and given back before does not count. The marked line holds most of it. \
         Does everything really have to be there at the same time?",
    ),
    entry(
        "heap/peak-too-low",
        "Less was alive at once than expected",
        "The exercise asks for so much memory to be in use at the same time, and it never was. Perhaps things are given back before the \
         others come, or fewer of them are made. A value lives until its owner goes away: at the end of a block, of a loop's round, or when \
         it is replaced. Who owns them here?",
    ),
    entry(
        "heap/still-allocated",
        "Memory is still in use at the end",
        "At the end of the run, or of the step, more is allocated than the exercise allows. Somebody still owns it. \
         Find the owner of what the marked line makes: a list, a map, a static, or a value that was forgotten on purpose. \
         When should that owner let go of it?",
    ),
    entry(
        "heap/freed-early",
        "Memory was given back too early",
        "Something should still be alive at this point, and it is not. A value is dropped when its owner goes out of scope, and a temporary \
         already at the end of its statement. Look at where the value is made, who owns it, and how far the scope of that owner reaches. A \
         name that begins with an underscore keeps a value; the underscore alone does not.",
    ),
    entry(
        "leak/never-freed",
        "Memory is lost",
        "A block is lost when it is still allocated and nothing points to it any more: nobody can ever use it or give it back. In Rust that takes \
         something special: a value that is kept from being dropped, a raw pointer that is not turned back, or memory that was asked for by hand. \
         A program that runs for long and loses a little with each request runs out of memory some day. The marked line allocated what was lost; \
         follow its owner from there. Where does the last one who knew the address go away?",
    ),
    entry(
        "leak/forgotten",
        "A value was kept from being dropped, and is lost",
        "Some functions take a value from its owner and do not drop it: `mem::forget`, `ManuallyDrop::new`, `Box::leak`, `Vec::leak` and everything \
         called `into_raw`. They are there for memory that somebody else looks after from then on. Here nobody does: when the program ended, nothing \
         pointed to these blocks any more. The first marked line is such a call; a second one shows where the lost memory was allocated. The call was \
         found in the source, and the blocks were allocated by the function that it stands in or on its way there. Each time the program comes by, \
         it loses as much again. Who was meant to look after this memory, and does the address reach them?",
    ),
    entry(
        "leak/cycle",
        "A reference cycle keeps itself alive",
        "Rc and Arc count how many owners a value has, and drop it when there is none. Two values that own each other, directly or through \
         others, never come to that: each one's count stays above 0 because of the other. Nothing else points to them, so they are lost. \
         The marked lines make the members of such a ring. Rust has a second kind of reference for this, which looks at a value without owning \
         it. Which direction of the ring is the one that owns?",
    ),
    entry(
        "leak/still-reachable",
        "Memory is still allocated at the end",
        "This memory was not given back, though something still points to it: a static, a thread that was still running, or a value in `main` when \
         the program left by `process::exit`. Most tools do not call that a leak, but this exercise asks for everything to be given back. Who \
         holds it, and could it let go before the end?",
    ),
    entry(
        "leak/growing-global",
        "A global only grows",
        "A static or a thread-local variable lives as long as the program, and so does all that it holds. Live heap grew from step to step, and at the \
         end a global held at least half of what it grew by. Nothing of that is lost: the global still points to it, so a leak checker finds nothing \
         wrong. A server that does this needs more memory every day all the same. The first marked line allocates what is kept, the other one \
         defines the global. Caches, registries, logs and lists of everything that ever happened do this. What comes in with each step, and what \
         ever leaves?",
    ),
    entry(
        "leak/none-found",
        "Nothing is lost, where something should be",
        "This exercise asks for a real leak. Memory is lost only if it is still allocated at the end and nothing points to it. A value that a \
         list or a static still holds is reachable, and what goes out of scope is given back. What would keep a value from being dropped, and \
         its address from being kept?",
    ),
    entry(
        "pages/resident-over-limit",
        "More memory is resident than allowed",
        "The system hands out memory in pages, and a page takes up RAM only when it is first touched. Resident memory is what was touched. \
         To reserve a lot costs almost nothing; to write to it, to fill it or to copy it costs every page. Which line before this point touches \
         what is only meant to be reserved?",
    ),
    entry(
        "pages/resident-too-low",
        "Less memory is resident than expected",
        "This step should touch its memory, and the system has handed out fewer pages than that takes. Memory that is asked for as zeros is often \
         not touched at all until something else is written to it. One byte in each page is enough, and a page has 4096 bytes. \
         Does the loop go over all of it?",
    ),
    entry(
        "pages/virtual-over-limit",
        "More address space than allowed",
        "Virtual memory is all the address space that the program has reserved, touched or not. It costs little, but not nothing. The exercise \
         sets a bound. Look at the largest reservation, and at threads: each brings a stack of its own.",
    ),
    entry(
        "pages/virtual-too-low",
        "Less address space than expected",
        "This step should reserve a large piece of memory, and the program's address space did not grow by that much. Is it reserved at this point \
         already, and is it still there? A capacity that is asked for is reserved at once, a vector that is empty reserves nothing. \
         And a value that was dropped gives its address space back.",
    ),
    entry(
        "pages/too-many-faults",
        "More page faults than allowed",
        "A page fault happens when a page is touched for the first time, and the system has to hand it out. Each costs about as much as hundreds of \
         plain accesses. Look at what this step touches: how many pages is that, and have they been touched before? \
         Memory that is given back and asked for again may have to be handed out anew.",
    ),
    entry(
        "pages/too-few-faults",
        "Fewer page faults than expected",
        "A page fault happens when a page is touched for the first time. This step should touch that many pages, and fewer were handed out. \
         Perhaps the same pages are touched again, or were already touched before, by filling or copying. \
         How far apart are the places that are touched, and how large is a page?",
    ),
    entry(
        "stack/too-deep",
        "The stack reached too deep",
        "Each open call has a frame on the stack, with its locals. The deepest point of this run is deeper than the exercise allows. \
         A recursion needs a frame for every level; a loop needs one in all. Large arrays as locals make frames large. How many calls are open at once, \
         and how large is each?",
    ),
    entry(
        "stack/too-shallow",
        "The stack did not reach as deep as expected",
        "This run should need a certain depth of calls, each inside the one before, and the stack never reached it. \
         Perhaps the recursion ends earlier, or was replaced by a loop. Look at what ends it, and at the value that it starts with.",
    ),
];
