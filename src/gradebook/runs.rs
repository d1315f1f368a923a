//! Runs in the gradebook: what was run once is not run again.

use rusqlite::{OptionalExtension as _, params};

use super::database::{Book, pack};
use crate::error::Error;
use crate::observe::Observation;
use crate::run::memory::{Address, Memory};

impl Memory for Book {
    fn recall(&self, address: &Address) -> Result<Option<Vec<Observation>>, Error> {
        self.runs_at(address.as_str())
    }

    fn keep(&self, address: &Address, runs: &[Observation]) -> Result<(), Error> {
        let packed = pack(&runs)?;
        let recorded = jiff::Timestamp::now().to_string();
        self.write(|change| {
            change
                .prepare_cached(
                    "INSERT INTO runs (address, recorded, observations) VALUES (?1, ?2, ?3)
                ON CONFLICT (address) DO UPDATE SET recorded = ?2, observations = ?3",
                )?
                .execute(params![address.as_str(), recorded, packed])?;
            Ok(())
        })?;
        self.shared.forget();
        Ok(())
    }
}

impl Book {
    /// The runs at an address.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn runs_at(&self, address: &str) -> Result<Option<Vec<Observation>>, Error> {
        let packed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached("SELECT observations FROM runs WHERE address = ?1")?
                .query_row([address], |row| row.get(0))
                .optional()
        })?;
        let unpacked = packed.map(|packed| self.unpacked(&packed)).transpose()?;
        Ok(unpacked.map(|(runs, _)| runs))
    }
}
