//! The gradebook's file: one SQLite database in the results, of one process at a time.
//!
//! Every write is a transaction that is on the disk when the call returns, so a SIGKILL, a full disk or a power cut costs at most
//! what was being written.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shared::Shared;
use crate::error::Error;

/// The file's name.
pub const FILE: &str = "gradebook.sqlite";

/// The version of the tables; a gradebook of a later one is refused.
const FORMAT: &str = "1";
/// The tables, as far as they are not there yet.
const SCHEMA: &str = include_str!("schema.sql");
/// What tells SQLite files of memgrade's from others: `mgrd`.
const APPLICATION: i32 = 0x6d67_7264;
/// How long another command that uses the same results is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// No blob of ours unpacks to more: a run's streams and timeline are bounded.
const MOST_BYTES: u64 = 256 << 20;

/// A class's gradebook.
pub struct Book {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// Whether it may be written to.
    writable: bool,
    /// Reports that several students share.
    pub(super) shared: Shared,
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Book").field(&self.path).finish()
    }
}

impl Book {
    /// Opens the gradebook in `results`, which is made where it is missing.
    ///
    /// # Errors
    /// [`Error::Usage`] when another command is using it or the file is none of ours; [`Error::File`] when it cannot be written.
    pub fn create(results: &Path) -> Result<Self, Error> {
        let path = results.join(FILE);
        let connection = Connection::open(&path).map_err(|error| failed("open", &path, error))?;
        Self::set_up(connection, path, true)
    }

    /// Opens one that is there; in a folder that cannot be written to it is only read.
    ///
    /// # Errors
    /// The same, and [`Error::Usage`] when there is none.
    pub fn open(results: &Path) -> Result<Self, Error> {
        let path = results.join(FILE);
        if !path.is_file() {
            return Err(Error::usage(
                format!("there is no {FILE} in {}", results.display()),
                "name the folder that `memgrade grade … -o RESULTS` wrote",
            ));
        }
        let read_only = fs::metadata(&path).is_ok_and(|data| data.permissions().readonly())
            || tempfile::Builder::new()
                .prefix(".memgrade-tmp-")
                .tempfile_in(results)
                .is_err();
        if !read_only {
            return Self::create(results);
        }
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(&path, flags);
        let connection = connection.map_err(|error| failed("open", &path, error))?;
        Self::set_up(connection, path, false)
    }

    /// One in memory, for what must leave no trace, and for tests.
    ///
    /// # Errors
    /// Not in practice.
    pub fn in_memory() -> Result<Self, Error> {
        let path = PathBuf::from("a gradebook in memory");
        let connection = Connection::open_in_memory();
        let connection = connection.map_err(|error| failed("make", &path, error))?;
        Self::set_up(connection, path, true)
    }

    fn set_up(connection: Connection, path: PathBuf, writable: bool) -> Result<Self, Error> {
        let set_up = |connection: &Connection| -> rusqlite::Result<Option<String>> {
            connection.busy_timeout(PATIENCE)?;
            connection.set_prepared_statement_cache_capacity(64);
            if writable {
                connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                // Where the file system cannot have it SQLite keeps the old way, which is as safe and slower.
                let _: String =
                    connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
                // Nobody else gets in until this is closed.
                connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")?;
            }
            let tables: i64 =
                connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            let application: i32 =
                connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
            if tables == 0 && writable {
                connection.execute_batch(&format!(
                    "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION};\n{SCHEMA}\n\
                    INSERT INTO about (key, value) VALUES ('format', '{FORMAT}'); COMMIT;",
                ))?;
                return Ok(Some(FORMAT.to_owned()));
            }
            if application != APPLICATION {
                return Ok(None);
            }
            let format: Option<String> = connection
                .query_row("SELECT value FROM about WHERE key = 'format'", [], |row| {
                    row.get(0)
                })
                .optional()?;
            if writable && format.as_deref() == Some(FORMAT) {
                // Tables may be added to a format.
                connection.execute_batch(&format!("BEGIN IMMEDIATE;\n{SCHEMA}\nCOMMIT;"))?;
            }
            Ok(format)
        };
        let format = set_up(&connection).map_err(|error| failed("open", &path, error))?;
        match format.as_deref() {
            Some(FORMAT) => Ok(Self {
                connection: Mutex::new(connection),
                path,
                writable,
                shared: Shared::default(),
            }),
            Some(other) => Err(Error::usage(
                format!(
                    "{} is of another version of memgrade (its format is {other}, this one's is {FORMAT})",
                    path.display()
                ),
                "use the memgrade that wrote it, or grade into another folder",
            )),
            None => Err(foreign(&path)),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it can be written to, and is not only read.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// A panic in one use leaves no transaction open that another could see.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks.
    pub(super) fn read<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        ask(&self.lock()).map_err(|error| failed("read", &self.path, error))
    }

    /// What [`pack`] made, and how many bytes it is as JSON. Nobody waits for the connection meanwhile.
    pub(super) fn unpacked<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<(T, usize), Error> {
        let unpacked = inflate(bytes).and_then(|json| {
            let value = serde_json::from_slice(&json).map_err(|error| damaged(Box::new(error)))?;
            Ok((value, json.len()))
        });
        unpacked.map_err(|error| failed("read", &self.path, error))
    }

    /// Writes all of it or nothing.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        if !self.writable {
            let reason = io::Error::from(io::ErrorKind::PermissionDenied);
            return Err(Error::file("write", &self.path, reason));
        }
        let mut connection = self.lock();
        let done = connection.transaction().and_then(|transaction| {
            let done = change(&transaction)?;
            transaction.commit()?;
            Ok(done)
        });
        done.map_err(|error| failed("write", &self.path, error))
    }

    /// Leaves one file that anybody can copy and read.
    ///
    /// # Errors
    /// [`Error::File`]; the gradebook is whole all the same.
    pub fn close(self) -> Result<(), Error> {
        let connection = self
            .connection
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if self.writable {
            let mode: rusqlite::Result<String> =
                connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0));
            mode.map_err(|error| failed("write", &self.path, error))?;
        }
        connection
            .close()
            .map_err(|(_, error)| failed("close", &self.path, error))
    }

    /// A value of the table `about`.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn about(&self, key: &str) -> Result<Option<String>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare_cached("SELECT value FROM about WHERE key = ?1")?;
            ask.query_row([key], |row| row.get(0)).optional()
        })
    }

    /// Sets a value of the table `about`.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn set_about(&self, key: &str, value: &str) -> Result<(), Error> {
        self.write(|change| {
            change.execute(
                "INSERT INTO about (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                params![key, value],
            )?;
            Ok(())
        })
    }
}

/// What SQLite said, for people.
fn failed(action: &'static str, path: &Path, error: rusqlite::Error) -> Error {
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.code),
        _ => None,
    };
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::usage(
            format!("another command is using {}", path.display()),
            "wait until it has ended; a second class needs another folder",
        ),
        Some(ErrorCode::NotADatabase) => foreign(path),
        Some(ErrorCode::DatabaseCorrupt) => Error::usage(
            format!("{} is damaged: {error}", path.display()),
            "put back a copy, or move it away and grade again: everything is built and run anew",
        ),
        Some(ErrorCode::DiskFull) => {
            let source = io::Error::new(
                io::ErrorKind::StorageFull,
                "the disk is full; what was graded before is safe: make room and run the same command again",
            );
            Error::file(action, path, source)
        }
        _ => Error::file(action, path, io::Error::other(error)),
    }
}

fn foreign(path: &Path) -> Error {
    Error::usage(
        format!("{} is no gradebook of memgrade's", path.display()),
        "grade into another folder, or move that file away",
    )
}

/// JSON, deflated.
pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let bug = |error: String| Error::Bug(format!("the gradebook cannot hold it: {error}"));
    let json = serde_json::to_vec(value).map_err(|error| bug(error.to_string()))?;
    deflate(&json).map_err(|error| bug(error.to_string()))
}

/// What [`pack`] made.
pub(super) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> rusqlite::Result<T> {
    let json = inflate(bytes)?;
    serde_json::from_slice(&json).map_err(|error| damaged(Box::new(error)))
}

pub(super) fn deflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

pub(super) fn inflate(bytes: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes).take(MOST_BYTES);
    decoder
        .read_to_end(&mut out)
        .map_err(|error| damaged(Box::new(error)))?;
    Ok(out)
}

/// A cell that does not hold what we write there.
pub(super) fn damaged(
    reason: Box<dyn std::error::Error + Send + Sync + 'static>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_command_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::create(folder.path()).unwrap();
        book.set_about("course", "c").unwrap();
        let error = Book::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("another command"), "{error}");
        book.close().unwrap();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "one file that can be copied");
        let book = Book::open(folder.path()).unwrap();
        assert_eq!(book.about("course").unwrap().as_deref(), Some("c"));
        assert_eq!(book.about("other").unwrap(), None);
    }

    #[test]
    fn files_of_others_are_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(
            &path,
            "my notes, which are long enough to be read as something else by someone",
        )
        .unwrap();
        let error = Book::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("no gradebook"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().starts_with("my notes"));
        fs::remove_file(&path).unwrap();
        Connection::open(&path)
            .unwrap()
            .execute_batch("CREATE TABLE mine (x)")
            .unwrap();
        let error = Book::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("no gradebook"), "{error}");
        let error = Book::open(&folder.path().join("nowhere")).unwrap_err();
        assert!(error.to_string().contains("there is no"), "{error}");
    }

    #[test]
    fn tables_that_were_added_come_into_an_older_file() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::create(folder.path()).unwrap();
        book.set_about("course", "c").unwrap();
        book.close().unwrap();
        Connection::open(folder.path().join(FILE))
            .unwrap()
            .execute_batch("DROP TABLE archives; DROP TABLE archived;")
            .unwrap();
        let book = Book::open(folder.path()).unwrap();
        assert_eq!(book.archives().unwrap(), []);
        assert_eq!(book.about("course").unwrap().as_deref(), Some("c"));
    }

    #[test]
    fn a_later_format_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::create(folder.path()).unwrap();
        book.set_about("format", "99").unwrap();
        book.close().unwrap();
        let error = Book::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("99"), "{error}");
    }

    #[test]
    fn a_change_that_fails_leaves_nothing() {
        let book = Book::in_memory().unwrap();
        let result: Result<(), Error> = book.write(|change| {
            change.execute("INSERT INTO about (key, value) VALUES ('a', 'b')", [])?;
            Err(rusqlite::Error::InvalidQuery)
        });
        result.unwrap_err();
        assert_eq!(book.about("a").unwrap(), None);
    }

    #[test]
    fn packing_loses_nothing() {
        let text = "x".repeat(100_000);
        let packed = pack(&text).unwrap();
        assert!(packed.len() < 2000);
        assert_eq!(unpack::<String>(&packed).unwrap(), text);
        unpack::<String>(b"no zlib").unwrap_err();
    }
}
