//! How programs end, and what they print.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "limits",
        "Limits of a run",
        "Every run has limits, so that a program that does not end, or takes all the memory, is stopped and told so. \
         They bound the time from start to end (10 s), CPU time (10 s), resident memory (1 GiB), the stack of the main \
         thread (8 MiB), output on stdout and on stderr (1 MiB each), and processes and threads alive at once (64). \
         Requested heap memory has no limit of its own unless the exercise sets one. \
         An exercise may set other limits in its spec, and `--limit NAME=VALUE` sets them for one command.",
    ),
    entry(
        "outcome/panicked",
        "The program panicked",
        "A panic is how a Rust program says that something impossible has happened: an index beyond the end, an `unwrap` \
         of nothing, an overflow in arithmetic. It prints a message with a file and a line, and the program ends with \
         exit code 101. The line in the message is where the impossible was noticed; the mistake is often earlier, where \
         the value was made. What was allocated until then has been given back, so figures of such a run say little.",
    ),
    entry(
        "outcome/panic-message",
        "The program panicked, but with another message",
        "This exercise asks for a panic, and for a certain text in its message. The program did panic, and said something \
         else, so it may have panicked for another reason. Compare the two messages letter by letter. If they have nothing \
         in common, the program did not get as far as it should.",
    ),
    entry(
        "outcome/stack-overflow",
        "The stack overflowed",
        "Every call puts a frame on the stack, with its locals, and takes it away when it returns. The stack has a fixed \
         size, and a program that needs more of it is stopped by the system. Most often a function calls itself without \
         ever coming to an end, or comes to its end too late. A very large array as a local can do it in one call, and \
         so can dropping a long chain of boxes, one inside the other. Look at which function repeats on the stack, and ask \
         what makes it stop.",
    ),
    entry(
        "outcome/allocation-failed",
        "An allocation was refused",
        "The program asked for memory and was told that there is none: either for an absurd amount at once, or because it \
         already had as much as its limit allows. Most of Rust's collections give up when that happens, and the program is \
         aborted. Look at the size of the request, and at what is still held when it is made. There are ways to ask that \
         return an error instead.",
    ),
    entry(
        "outcome/aborted",
        "The program aborted itself",
        "To abort is to end at once, without giving anything back and without running destructors. A program does so when \
         it calls `abort`, or when it panics while a panic is already under way, such as in a destructor. \
         No exit code tells that apart from a stack overflow; what the system saw does. Look for what calls `abort`, and for \
         destructors that can panic.",
    ),
    entry(
        "outcome/signaled",
        "A signal ended the program",
        "The system ends a program with a signal when it does what cannot be allowed, such as reading memory that it does \
         not have (SIGSEGV). In safe Rust that cannot happen; in unsafe code a pointer was wrong. \
         A program can also send itself a signal. Look at unsafe blocks first, and at what each of them takes for granted.",
    ),
    entry(
        "outcome/memory-limit",
        "The program used more memory than its limit",
        "Resident memory is what the program really uses of the machine's RAM. This run has a limit on it, and was stopped \
         when it went beyond. Either it keeps things that it does not need any more, or it asks for everything at once where \
         a part at a time would do. Look at the line that allocated most, and ask who still owns what it made.",
    ),
    entry(
        "outcome/time-limit",
        "The program ran longer than its limit",
        "The program was still running when its time was up, and was stopped. It may be in a loop that never ends, or wait for \
         input that never comes, or do far more work than is needed. The last line that it printed says how far it came. \
         What happens after that line?",
    ),
    entry(
        "outcome/output-limit",
        "The program printed more than its limit",
        "Output is bounded, so that a loop that prints without an end is noticed. The program printed more than that and was \
         stopped. Look at the lines that repeat, and at what should end the loop that prints them.",
    ),
    entry(
        "outcome/process-limit",
        "The program started too many processes or threads",
        "The number of processes and threads alive at once is bounded. The program wanted more. Look at where they are started, \
         and at whether anything waits for them to end before the next ones start. A thread for each item of work is rarely \
         needed.",
    ),
    entry(
        "outcome/vanished",
        "The program ended before its last line",
        "The exit code says that all is well, but the line that the program should print at the end never came. It left by \
         another way: `process::exit` in the middle, a `return` in main, or a thread that was not waited for. \
         Look at every path that leads out of the program.",
    ),
    entry(
        "outcome/ended-normally",
        "The program ended normally, and it should not have",
        "This run is meant to end in a certain way, such as with a panic or a stack overflow, and the program just returned. \
         What it printed does not matter here: how it ended is known from the system. \
         Look at whether the step that should end it is really done in this run.",
    ),
    entry(
        "outcome/exit-code",
        "The exit code is another one",
        "A program tells those who started it how it went by a number, and 0 means well. A `main` that returns an `Err` ends \
         with 1; `process::exit` sets any number. Look at what `main` returns in this run, and at the error that it prints on \
         stderr.",
    ),
    entry(
        "outcome/build-failed",
        "There is no program",
        "The program was not built, so nothing could be run. The compiler's messages say why. Begin with the first: the \
         others often follow from it.",
    ),
    entry(
        "output/differs",
        "A line is not as it should be",
        "Lines marked with - are expected, those marked with + were printed. Spaces that are easy to miss are shown as ·, tabs as \
         →. White space at the ends of lines does not count unless the exercise asks for every byte. Compare the marked lines \
         letter by letter: a capital, a comma or a second space is enough.",
    ),
    entry(
        "output/missing-line",
        "A line is missing",
        "Everything that was printed is right, but not everything was printed. Look at the step that should print the missing \
         line: is it reached? A loop that ends one round early is a common reason. So is `print!` where a newline is needed.",
    ),
    entry(
        "output/extra-line",
        "A line is too many",
        "Everything that is expected was printed, and something else too. Lines that help you to find mistakes are better printed \
         on stderr, with `eprintln!`. Look also at loops that go one round too far.",
    ),
    entry(
        "output/no-match",
        "What is asked for was not printed",
        "The exercise looks for a pattern in the output and did not find it. The lesson shows what such a line looks like. Compare \
         words, spaces and the way that numbers are written. If the line was never printed, ask whether its step was reached.",
    ),
    entry(
        "output/number-off",
        "A number is too far from the expected one",
        "The words of the line are right, and a number in it is further off than is allowed. Small deviations are allowed where the \
         exercise says so. Look at how the number is computed: at its type, at rounding, and at what it starts from.",
    ),
    entry(
        "output/cut-off",
        "Too much output to compare",
        "The program printed more than is kept, so the whole of it could not be compared. That decides nothing. Print less, and \
         check again.",
    ),
];
