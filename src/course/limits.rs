//! Limits of a run: the exercise's, the command line's, and the defaults.

use std::str::FromStr;

use super::load::document::{nearest, shown};
use super::spec;
use super::units::{Size, Time, human_size};
use crate::sandbox;

const MIB: u64 = 1 << 20;

/// What holds where neither the exercise nor the command line says anything. The doc comments of [`spec::Limits`] and
/// [`TABLE`] tell people the same.
pub const DEFAULTS: sandbox::Limits = sandbox::Limits {
    wall: std::time::Duration::from_secs(10),
    cpu: std::time::Duration::from_secs(10),
    memory: 1024 * MIB,
    heap: None,
    stack: 8 * MIB,
    output: MIB,
    processes: 64,
    file_size: 64 * MIB,
};

/// A limit as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name in specs and on the command line.
    pub name: &'static str,
    /// Its default.
    pub default: &'static str,
    /// What it bounds.
    pub about: &'static str,
}

/// Every limit that can be set, for `memgrade explain limits`.
pub const TABLE: [Row; 7] = [
    Row {
        name: "wall",
        default: "10 s",
        about: "time from start to end",
    },
    Row {
        name: "cpu",
        default: "10 s",
        about: "CPU time of the program and everything that it starts",
    },
    Row {
        name: "memory",
        default: "1 GiB",
        about: "resident memory of the program and everything that it starts",
    },
    Row {
        name: "heap",
        default: "none",
        about: "requested heap bytes alive at once; a request beyond it is refused",
    },
    Row {
        name: "stack",
        default: "8 MiB",
        about: "stack of the main thread",
    },
    Row {
        name: "output",
        default: "1 MiB",
        about: "bytes on stdout and on stderr, each",
    },
    Row {
        name: "processes",
        default: "64",
        about: "processes and threads alive at once",
    },
];

/// A limit from the command line: `NAME=VALUE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Override {
    /// Wall-clock time.
    Wall(Time),
    /// CPU time.
    Cpu(Time),
    /// Resident memory.
    Memory(Size),
    /// Live heap bytes.
    Heap(Size),
    /// Main thread's stack.
    Stack(Size),
    /// Bytes on each stream.
    Output(Size),
    /// Processes and threads.
    Processes(u32),
}

/// Why a limit on the command line could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No `=`.
    #[error("expected `NAME=VALUE`, such as `wall=2s` or `memory=256MiB`")]
    NoValue,
    /// No such limit.
    #[error("there is no limit `{written}`; {}", .near.map_or_else(
        || "the limits are wall, cpu, memory, heap, stack, output and processes".to_owned(),
        |near| format!("did you mean `{near}`?")
    ))]
    UnknownName {
        /// What was written.
        written: String,
        /// The limit that was probably meant.
        near: Option<&'static str>,
    },
    /// A value that is not a size, time or number.
    #[error("`{name}`: {reason}")]
    BadValue {
        /// The limit.
        name: &'static str,
        /// What is wrong with the value.
        reason: String,
    },
}

impl FromStr for Override {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let (name, value) = text.split_once('=').ok_or(LimitError::NoValue)?;
        let (name, value) = (name.trim(), value.trim());
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            return Err(LimitError::UnknownName {
                written: shown(name),
                near: nearest(name, TABLE.iter().map(|row| row.name)),
            });
        };
        let bad = |reason: String| LimitError::BadValue {
            name: row.name,
            reason,
        };
        let not_zero = |n: u64| match n {
            0 => Err(bad("with a limit of 0 nothing can run".to_owned())),
            n => Ok(n),
        };
        let size = || {
            let size: Size = value.parse().map_err(|e| bad(format!("{e}")))?;
            not_zero(size.0).map(Size)
        };
        let time = || {
            let time: Time = value.parse().map_err(|e| bad(format!("{e}")))?;
            not_zero(time.0).map(Time)
        };
        Ok(match row.name {
            "wall" => Self::Wall(time()?),
            "cpu" => Self::Cpu(time()?),
            "memory" => Self::Memory(size()?),
            "heap" => Self::Heap(size()?),
            "stack" => Self::Stack(size()?),
            "output" => Self::Output(size()?),
            _ => {
                let count: u32 = value
                    .parse()
                    .map_err(|_| bad(format!("expected a whole number, not `{}`", shown(value))))?;
                not_zero(count.into())?;
                Self::Processes(count)
            }
        })
    }
}

/// The limits of a run: the command line's before the exercise's before the defaults. Of two overrides of the same
/// limit the last counts.
pub fn resolve(spec: &spec::Limits, overrides: &[Override]) -> sandbox::Limits {
    let mut limits = DEFAULTS;
    let from_spec = [
        spec.wall.map(Override::Wall),
        spec.cpu.map(Override::Cpu),
        spec.memory.map(Override::Memory),
        spec.heap.map(Override::Heap),
        spec.stack.map(Override::Stack),
        spec.output.map(Override::Output),
        spec.processes.map(Override::Processes),
    ];
    for limit in from_spec.iter().flatten().chain(overrides) {
        match *limit {
            Override::Wall(time) => limits.wall = time.into(),
            Override::Cpu(time) => limits.cpu = time.into(),
            Override::Memory(size) => limits.memory = size.0,
            Override::Heap(size) => limits.heap = Some(size.0),
            Override::Stack(size) => limits.stack = size.0,
            Override::Output(size) => limits.output = size.0,
            Override::Processes(count) => limits.processes = count,
        }
    }
    limits
}

impl std::fmt::Display for Override {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wall(time) => write!(f, "wall={time}"),
            Self::Cpu(time) => write!(f, "cpu={time}"),
            Self::Memory(size) => write!(f, "memory={}", human_size(size.0)),
            Self::Heap(size) => write!(f, "heap={}", human_size(size.0)),
            Self::Stack(size) => write!(f, "stack={}", human_size(size.0)),
            Self::Output(size) => write!(f, "output={}", human_size(size.0)),
            Self::Processes(count) => write!(f, "processes={count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_command_line_comes_before_the_exercise_before_the_defaults() {
        let spec = spec::Limits {
            wall: Some(Time(3_000_000)),
            memory: Some(Size(5)),
            ..spec::Limits::default()
        };
        let limits = resolve(
            &spec,
            &["wall=2s".parse().unwrap(), "heap=1MiB".parse().unwrap()],
        );
        assert_eq!(limits.wall, Duration::from_secs(2));
        assert_eq!(limits.memory, 5);
        assert_eq!(limits.heap, Some(1 << 20));
        assert_eq!(limits.processes, DEFAULTS.processes);
    }

    #[test]
    fn the_table_tells_the_defaults() {
        for row in TABLE.iter().filter(|row| row.default != "none") {
            let limit: Override = format!("{}={}", row.name, row.default).parse().unwrap();
            assert_eq!(
                resolve(&spec::Limits::default(), &[limit]),
                DEFAULTS,
                "{}",
                row.name
            );
        }
        assert_eq!(DEFAULTS.heap, None);
    }

    #[test]
    fn errors_say_what_to_write() {
        let told = |text: &str| text.parse::<Override>().unwrap_err().to_string();
        assert_eq!(
            told("wall"),
            "expected `NAME=VALUE`, such as `wall=2s` or `memory=256MiB`"
        );
        assert_eq!(
            told("mem=5"),
            "there is no limit `mem`; did you mean `memory`?"
        );
        assert_eq!(
            told("memroy=5"),
            "there is no limit `memroy`; did you mean `memory`?"
        );
        assert_eq!(told("wall=2"), "`wall`: a unit is missing; write `2 ms`");
        assert_eq!(
            told("memory=2Mb"),
            "`memory`: unknown unit `Mb`; did you mean `MB`?"
        );
        assert_eq!(
            told("processes=0"),
            "`processes`: with a limit of 0 nothing can run"
        );
        assert_eq!(
            told("processes=-1"),
            "`processes`: expected a whole number, not `-1`"
        );
    }
}
