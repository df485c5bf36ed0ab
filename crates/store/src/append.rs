//! Writing: one transaction for what belongs together, then the head.

use std::fs;
use std::path::Path;

use domain::{CycleRecord, Fact, IntentFact, Timestamp};
use exchange::{Durable, IntentJournal, JournalError};
use rusqlite::params;

use crate::chain::{digest, link};
use crate::cycles::{StageMillis, encode, forget};
use crate::head::Mark;
use crate::{Records, Store, StoreError};

/// A cycle's record and what goes with it.
#[derive(Debug)]
pub struct CycleEntry<'a> {
    /// What was decided, and from what.
    pub record: CycleRecord,
    /// How long each stage took.
    pub stage_ms: &'a StageMillis,
    /// What the next process is to remember, as JSON; none leaves what is remembered as it is.
    pub memory: Option<String>,
}

impl Store {
    /// What can be read.
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Appends a fact in a transaction of its own; it is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the fact is kept; nothing may be sent then, and
    /// this store takes nothing more (S-06).
    pub fn append(&mut self, fact: &Fact) -> Result<i64, StoreError> {
        self.commit(core::slice::from_ref(fact), None)
    }

    /// Appends facts in one transaction: all of them are on disk when this returns, or none.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_all(&mut self, facts: &[Fact]) -> Result<i64, StoreError> {
        self.commit(facts, None)
    }

    /// Appends the facts of one cycle, the cycle's own last, and keeps its record and memory, all
    /// in one transaction.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_cycle(
        &mut self,
        facts: &[Fact],
        entry: CycleEntry<'_>,
    ) -> Result<i64, StoreError> {
        self.commit(facts, Some(entry))
    }

    /// Deletes cycle records before a moment. Facts stay.
    ///
    /// # Errors
    /// [`StoreError`] when they are not deleted.
    pub fn forget_cycles_before(&mut self, moment: Timestamp) -> Result<usize, StoreError> {
        forget(&self.records.db, moment).map_err(|source| self.records.sqlite(source))
    }

    /// Writes a readable picture of the state beside the database, whole or not at all. It is for
    /// people and other programs; nothing here reads it.
    ///
    /// # Errors
    /// [`StoreError::Io`] naming the file.
    pub fn write_snapshot(&self, json: &str) -> Result<(), StoreError> {
        let path = self.directory.join("state.json");
        let new = self.directory.join("state.json.new");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Io { path, source }
        };
        fs::write(&new, json).map_err(io(&new))?;
        fs::rename(&new, &path).map_err(io(&path))
    }

    /// Lets the database grow to so many pages (of 4,096 bytes as a rule) and no further: a bound
    /// on what it may take of a disk.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn limit_pages(&self, most: u32) -> Result<(), StoreError> {
        self.records
            .db
            .pragma_update(None, "max_page_count", most)
            .map_err(|source| self.records.sqlite(source))
    }

    fn commit(&mut self, facts: &[Fact], entry: Option<CycleEntry<'_>>) -> Result<i64, StoreError> {
        if self.failed {
            return Err(StoreError::Failed { path: self.records.path.clone() });
        }
        let done = self.write(facts, entry).and_then(|mark| {
            self.head.write(mark)?;
            Ok(mark)
        });
        match done {
            Ok(mark) => {
                self.records.newest = mark;
                Ok(mark.number)
            }
            Err(error) => {
                self.failed = true;
                self.batches.clear();
                Err(error)
            }
        }
    }

    fn write(&mut self, facts: &[Fact], entry: Option<CycleEntry<'_>>) -> Result<Mark, StoreError> {
        let path = &self.records.path;
        let sqlite = |source| StoreError::Sqlite { path: path.clone(), source };
        // Dropped without commit, as on any error, it is rolled back.
        let work = self.records.db.unchecked_transaction().map_err(sqlite)?;
        let mut mark = self.records.newest;
        let last = facts.len().saturating_sub(1);
        let kept = match entry {
            None => None,
            Some(entry) => {
                let record = encode(entry.record, &mut self.batches, &work, path)?;
                let memory = entry.memory.map(|body| (digest(&[body.as_bytes()]), body));
                let times = serde_json::to_string(entry.stage_ms)?;
                Some((record, memory, times))
            }
        };
        for (at, fact) in facts.iter().enumerate() {
            let attached = kept.as_ref().filter(|_| at == last).map(|(record, memory, _)| {
                let memory = memory.as_ref().map_or(&[][..], |(digest, _)| digest);
                [&record.digest, memory].concat()
            });
            let body = serde_json::to_string(fact)?;
            let hash = link(&mark.hash, &body, attached.as_deref());
            mark = Mark { number: mark.number + 1, hash };
            work.prepare_cached(
                "INSERT INTO facts (number, body, hash, attached) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut insert| insert.execute(params![mark.number, body, hash, attached]))
            .map_err(sqlite)?;
        }
        if let Some((record, memory, times)) = kept {
            work.prepare_cached(
                "INSERT INTO cycles (fact, cycle_id, as_of, body, features, stage_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| {
                let (id, at) = (record.id, record.as_of);
                insert.execute(params![mark.number, id, at, record.body, record.batch, times])
            })
            .map_err(sqlite)?;
            if let Some((_, body)) = memory {
                work.prepare_cached(
                    "INSERT OR REPLACE INTO memory (id, fact, body) VALUES (1, ?1, ?2)",
                )
                .and_then(|mut insert| insert.execute(params![mark.number, body]))
                .map_err(sqlite)?;
            }
        }
        work.commit().map_err(sqlite)?;
        Ok(mark)
    }
}

impl IntentJournal for Store {
    type Durability = Durable;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        let number = self.append(&Fact::Intent(Box::new(fact.clone())));
        let number = number.map_err(|e| JournalError(e.to_string()))?;
        u64::try_from(number).map_err(|e| JournalError(e.to_string()))
    }
}
