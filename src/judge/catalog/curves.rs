//! Curves of live heap over the lines that a program prints.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "curve/grows",
        "The heap keeps growing",
        "Live heap was measured at every line that the program printed, and it should be flat after a warm-up. It rises with every step instead. \
         No leak checker sees that when everything is given back at the end, but a server never comes to its end: it just needs more memory every \
         day. The marked line allocated what is still there at the last step. Somebody owns it: a list, a map, a queue. \
         What happens to the oldest thing in there when a new one comes in?",
    ),
    entry(
        "curve/unsteady",
        "The heap does not hold steady",
        "Live heap should stay where it is after a warm-up, within a bound. It does not grow without end, but it goes up and down by more than \
         that. Something large is made in one step and given back in another. Look at the step where it jumps: what is made there that the other \
         steps do without?",
    ),
    entry(
        "curve/flat",
        "The heap does not grow",
        "In this run the heap should grow with every step, and it stays where it is, or grows too little. What the steps make is given back each \
         time, or is never made. A value that is only a local is dropped at the end of its round. To be kept, it must move to an owner that lives \
         longer. Who should that be?",
    ),
    entry(
        "curve/uneven",
        "The heap grows, but not evenly",
        "Every step should add about the same. The curve was compared with a straight line from its first point to its last, and one point lies too \
         far off it. A buffer that doubles its size makes small steps, which are allowed for. Does one of the steps do much more than \
         the others, or nothing at all?",
    ),
    entry(
        "curve/does-not-return",
        "The heap does not come back",
        "The heap should rise and then come back to where it was at the first line. At the last line there is still more, or less, than at the first. \
         Something that was made in between is still owned by somebody. A collection that was cleared keeps its capacity. Which owner is \
         there at the last line that was not there at the first?",
    ),
    entry(
        "curve/never-rose",
        "The heap never rose",
        "The heap should rise and then come back, and it hardly rose at all. To come back from nowhere is easy. \
         Is the memory really allocated between these lines, and is it really used? Memory that is asked for on the stack does not count here.",
    ),
];
