//! What this machine could not do or measure.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "run/not-measured",
        "A figure could not be measured",
        "A check needs a figure that this run does not have. That is not the program's fault: its points are neither earned nor lost. \
         The notes say why, where that is known. `memgrade doctor` tells what can be measured on this machine.",
    ),
    entry(
        "run/incomplete",
        "A figure is known only in part",
        "The recording of this run stops before its end, so some figures are only known to be at least so much. Where that is enough, checks are \
         judged; here it is not. That costs no points. Check again, or let the program do less.",
    ),
    entry(
        "run/not-run",
        "A program was not run",
        "The figure that a prediction is marked against comes from a run, and there was none: this machine could not do it. That costs no points. `memgrade doctor` says what is missing.",
    ),
    entry(
        "run/heap-not-measured",
        "The heap was not measured",
        "The part of memgrade that measures the heap could not be loaded into the program, or the program brings functions like `malloc` of its own, so that \
         nobody sees what they hand out. A static executable is the usual reason. Everything else was measured.",
    ),
    entry(
        "run/partly-measured",
        "This system does not give every figure",
        "Exact figures need Linux with glibc, on x86-64 or aarch64. On other systems memgrade builds, runs, compares the output, and looks \
         at resident memory every 10 ms; the message names what is not measured. Checks that need one of those figures are undecided: \
         their points are neither earned nor lost. `MEMGRADE_PORTABLE=1` shows on Linux what a course looks like there.",
    ),
    entry(
        "run/recording-contradicts",
        "The recording contradicts itself",
        "The recording is written inside the program's own memory, and a program that writes where it should not can damage it. Its figures do not add up, so \
         they are not used. Points that rest on them are undecided. Look at unsafe code first.",
    ),
    entry(
        "run/recording-cut-short",
        "The recording ends before the program's end",
        "The program was ended from outside or ended itself without returning from main. What was recorded until then is exact. What would have come after \
         is not known. That is as it should be where the exercise expects such an end.",
    ),
    entry(
        "run/tables-full",
        "More threads or call paths than are kept apart",
        "The tables of the recording have a fixed size, and the program has more threads or distinct call paths than fit. Totals are still exact. Which line \
         allocated what may be missing for some of them. Programs of the lessons stay far below.",
    ),
    entry(
        "run/partly-checked",
        "Not every block was checked for wrong use",
        "To find wrong uses of memory, each block gets pages of its own, and the system allows only so many of them. The program has more \\
         blocks than that, and the later ones were not checked. What was found is right; something else may have been missed. Let the \\
         program do less.",
    ),
    entry(
        "run/check-cut-short",
        "A run that looks for wrong use of memory came to a limit",
        "Wrong use of memory is looked for in runs of their own, which are slower and take more memory than the measured one. One of them was \\
         stopped by a limit, so a wrong use after that was not seen. Let the program do less, or raise its limits.",
    ),
    entry(
        "run/not-checked",
        "Wrong use of memory was not looked for",
        "That needs Linux and a program that the probe can be loaded into; a static executable is none. Points that hang on it are neither \\
         earned nor lost. Check on a Linux computer, where it can be looked for.",
    ),
    entry(
        "run/layouts-not-checked",
        "Layouts were not checked",
        "Whether a block is given back with the layout that it was asked for can be seen only where memgrade brings the allocator. This program \\
         has one of its own, or was built by somebody else. What its allocator takes from malloc was checked for everything else.",
    ),
    entry(
        "run/bad-free",
        "The program gave back memory that was not its own",
        "A block was given back twice, or an address that was never allocated. Safe Rust cannot do that: look at unsafe code, at `Box::from_raw`, and at \
         what was called with it. Everything that happens after such a step is luck. The figures of the run are to be read with care.",
    ),
    entry(
        "machine/cannot-run",
        "This machine cannot run it",
        "Something that is needed to build or to run programs is missing on this machine, or refused. That costs no points. The message says what it is. \
         `memgrade doctor` lists everything that is needed.",
    ),
    entry(
        "machine/unknown-std",
        "This release of Rust is not understood",
        "What std allocates for itself does not count, and is recognised by the names of std's own functions. With a compiler that memgrade was \
         not tested with, it measures a small program first, whose figures are known. They were not right, so the heap figures of other programs \
         would not be right either, and are left out. That costs no points. Use the release that memgrade was made with, or a newer memgrade.",
    ),
    entry(
        "internal/bug",
        "A mistake in memgrade",
        "memgrade itself did something that it should not. That costs no points. Please report it with the message and, if you can, with the program. \
         Checking again may help.",
    ),
];
