//! Marks, claims and ratios: what is measured at lines.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "marks/missing",
        "A line that is needed was not printed",
        "Memory is measured at the lines that the program prints: each complete line is a point in time. A check that needs a \
         certain line cannot be judged without it. Compare the lines that the program prints with those in the lesson. A line \
         counts when its newline is written, so `print!` alone makes none.",
    ),
    entry(
        "marks/out-of-order",
        "Two lines are in the wrong order",
        "A check looks at what happens between two lines, and they came the other way around, or are one and the same. Print a line \
         when its step begins or ends, not all of them at the end. The lesson shows the order. What happens between two lines is \
         what is measured.",
    ),
    entry(
        "marks/coalesced",
        "Lines were written all at once",
        "Each line is measured when it is written. Lines that are held back in a buffer and written together have only one \
         measurement, so nothing can be said of what happened between them. That decides nothing, and costs nothing. \
         Plain `println!` writes each line at once; a `BufWriter` around stdout does not, nor does one text with several newlines.",
    ),
    entry(
        "marks/thinned",
        "Too many lines to measure each one",
        "At most some thousands of lines are measured, evenly chosen, the first and the last always among them. A line that a check \
         needs was not. That decides nothing. Print fewer lines, and check again.",
    ),
    entry(
        "marks/cut-off",
        "Too much output to find a line",
        "The program printed more than is kept, and a line that a check needs may be in the part that was cut off. That decides \
         nothing. Print less, and check again.",
    ),
    entry(
        "claims/untrue",
        "A printed number is not what was measured",
        "The program prints a figure about its own memory, and that figure was compared with what was measured at that very line. \
         A number is true if it agrees within half of its last printed digit and the exercise's tolerance. Look at where the number \
         comes from: a difference of a reading with itself is always 0, and an estimate from lengths forgets capacities. \
         Look also at when it is taken: memory may change between the reading and the line. And mind units: a kB has 1000 bytes, a \
         KiB has 1024.",
    ),
    entry(
        "claims/unreadable",
        "A printed number cannot be read",
        "The line is there, but where the figure should stand there is something that is no number. Print digits, and after them a \
         unit such as bytes, KiB or MB. Addresses are read as 0x and hexadecimal digits, which is how `{:p}` prints them. Thousands may be \
         separated by commas.",
    ),
    entry(
        "claims/missing",
        "A figure that is asked for was not printed",
        "The exercise asks the program to tell something about its memory, and the line for it was not found, or not often enough. \
         The lesson shows its form. Compare it word by word with what the program prints. A line needs its newline to count.",
    ),
    entry(
        "claims/too-often",
        "A figure was printed more often than asked for",
        "The exercise asks for the line a certain number of times, and it came more often. Print it only after the steps that the lesson \
         names. A loop that goes one round too far, or a test line that was left in, are common reasons.",
    ),
    entry(
        "claims/wrong-region",
        "An address lies in another region",
        "A program's memory has regions: its code, constants, statics, the heap, stacks. The program says which region an address is \
         in, and the program's own map says otherwise. A reference, a Vec or a String is itself in one place, and what it points to in \
         another: look at whose address is printed. A static that never changes is kept with the constants.",
    ),
    entry(
        "claims/unknown-address",
        "Nothing is at a printed address",
        "The program printed an address where it has no memory at all. The item may be gone already, or the number is not its address. \
         Take the address while the item is alive, and print it with `{:p}`. A number that was computed from an address is not always one.",
    ),
    entry(
        "ratio/too-low",
        "The difference is smaller than it should be",
        "Two runs, or two phases of a run, are compared, and the first should need much more than the second. Here it does not. \
         Look at whether the first really does all of its work, each time around. And look at whether the second does more than it needs.",
    ),
    entry(
        "ratio/too-high",
        "The difference is larger than it should be",
        "Two runs, or two phases of a run, are compared, and the first needs too much against the second. Look for work that is done \
         again and again, such as copying or allocating inside a loop. And look at whether the second does all of its work.",
    ),
    entry(
        "ratio/nothing-to-compare",
        "Both sides are zero",
        "A ratio of nothing to nothing says nothing. Neither side did what is counted. Look at whether the work is really done in this run, \
         between the lines that begin and end it.",
    ),
    entry(
        "ratio/too-short",
        "Too little time to measure",
        "Times below a few milliseconds are mostly noise, so they are not compared. That decides nothing, and costs nothing. \
         A program that does the work of the lesson takes longer. Is all of it done?",
    ),
    entry(
        "ratio/too-spread",
        "Times differ too much from run to run",
        "The comparison was repeated, and the results are too far apart to trust any of them. Something else kept the machine busy. That \
         decides nothing. Close other programs, and check again.",
    ),
    entry(
        "ratio/too-few-runs",
        "Too few runs to compare",
        "A comparison of times needs several runs of both sides, and there were fewer. That decides nothing, and costs nothing. Check again; \
         if it stays like this, the machine stopped some of the runs.",
    ),
    entry(
        "ratio/run-differs",
        "A repetition ended in another way",
        "The same program was run several times to compare times, and one of the runs ended differently. That decides nothing. \
         A program that does not do the same each time is hard to measure: look for anything that depends on time or chance.",
    ),
];
