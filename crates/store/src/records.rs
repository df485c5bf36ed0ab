//! Appending and reading.

use domain::{CycleRecord, Fact, IntentFact};
use exchange::{Durable, IntentJournal, JournalError};
use rusqlite::params;

use crate::chain::link;
use crate::{Store, StoreError};

impl Store {
    /// Appends a fact in a transaction of its own; it is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the fact is kept; nothing may be sent then.
    pub fn append(&mut self, fact: &Fact) -> Result<i64, StoreError> {
        let body = serde_json::to_string(fact)?;
        let hash = link(&self.last_hash, &body);
        let number = self.last_number + 1;
        self.db
            .prepare_cached("INSERT INTO facts (number, body, hash) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![number, body, hash.as_slice()]))
            .map_err(|source| self.sqlite(source))?;
        (self.last_number, self.last_hash) = (number, hash);
        Ok(number)
    }

    /// Keeps the record of a cycle.
    ///
    /// # Errors
    /// [`StoreError`] when it is not kept.
    pub fn record(&mut self, cycle: &CycleRecord) -> Result<(), StoreError> {
        let body = serde_json::to_string(cycle)?;
        let (id, as_of) = (cycle.id.to_string(), cycle.as_of.to_string());
        self.db
            .prepare_cached("INSERT INTO cycles (cycle_id, as_of, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![id, as_of, body]))
            .map_err(|source| self.sqlite(source))?;
        Ok(())
    }

    /// All facts in order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one of them cannot be read.
    pub fn facts(&self) -> Result<Vec<Fact>, StoreError> {
        self.bodies("SELECT number, body FROM facts ORDER BY number")?
            .into_iter()
            .map(|(number, body)| self.read(number, &body))
            .collect()
    }

    /// All cycle records in order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one of them cannot be read.
    pub fn cycles(&self) -> Result<Vec<CycleRecord>, StoreError> {
        self.bodies("SELECT number, body FROM cycles ORDER BY number")?
            .into_iter()
            .map(|(number, body)| self.read(number, &body))
            .collect()
    }

    fn bodies(&self, sql: &str) -> Result<Vec<(i64, String)>, StoreError> {
        let mut query = self.db.prepare(sql).map_err(|source| self.sqlite(source))?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(|source| self.sqlite(source))
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        number: i64,
        body: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(body).map_err(|e| StoreError::Damaged {
            path: self.path.clone(),
            number,
            why: e.to_string(),
        })
    }

    fn sqlite(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), source }
    }
}

impl IntentJournal for Store {
    type Durability = Durable;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        let number = self.append(&Fact::Intent(fact.clone()));
        let number = number.map_err(|e| JournalError(e.to_string()))?;
        u64::try_from(number).map_err(|e| JournalError(e.to_string()))
    }
}
