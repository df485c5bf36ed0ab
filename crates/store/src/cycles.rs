//! Cycle records: compressed, with the features they read kept once for all cycles that read the
//! same ones, and bound to the chain by the fact of their cycle.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use domain::{CycleRecord, Features, ProductId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::StoreError;
use crate::chain::{Hash, digest};

/// No record is larger than this once decompressed; what claims to be is damaged.
const MOST_BYTES: u64 = 256 << 20;
/// A fast level: a record is written every cycle and read when somebody asks.
const LEVEL: i32 = 3;

/// Milliseconds by stage. Not part of the record's digest: they differ from run to run.
pub type StageMillis = BTreeMap<String, f64>;

/// The features that were kept last: whose revisions are the same need not be kept again.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    newest: Option<Batch>,
}

#[derive(Debug)]
struct Batch {
    number: i64,
    digest: Hash,
    revisions: Vec<(ProductId, u64)>,
}

/// A record as it is stored.
pub(crate) struct Encoded {
    pub(crate) id: String,
    pub(crate) as_of: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) batch: i64,
    pub(crate) digest: Hash,
}

/// A cycle as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptCycle {
    /// What was decided, and from what.
    pub record: CycleRecord,
    /// How long each stage took.
    pub stage_ms: StageMillis,
}

/// Splits a record from its features, keeps those if they are new, and compresses the rest.
pub(crate) fn encode(
    mut record: CycleRecord,
    batches: &mut Batches,
    db: &Connection,
    path: &Path,
) -> Result<Encoded, StoreError> {
    let features = core::mem::take(&mut record.features);
    let (batch, features) = batches.keep(&features, db, path)?;
    let body = serde_json::to_vec(&record)?;
    Ok(Encoded {
        id: record.id.to_string(),
        as_of: record.as_of.millis(),
        digest: digest(&[&body, &features]),
        body: squeeze(&body, path)?,
        batch,
    })
}

impl Batches {
    /// The number and digest of a batch with these features.
    fn keep(
        &mut self,
        features: &[Features],
        db: &Connection,
        path: &Path,
    ) -> Result<(i64, Hash), StoreError> {
        let revisions = || features.iter().map(|f| (f.product, f.revision));
        let same = |batch: &&Batch| revisions().eq(batch.revisions.iter().copied());
        if let Some(batch) = self.newest.as_ref().filter(same) {
            return Ok((batch.number, batch.digest));
        }
        let body = serde_json::to_vec(features)?;
        let digest = digest(&[&body]);
        let squeezed = squeeze(&body, path)?;
        db.prepare_cached("INSERT INTO features (body) VALUES (?1)")
            .and_then(|mut insert| insert.execute(params![squeezed]))
            .map_err(|source| StoreError::Sqlite { path: path.to_owned(), source })?;
        let number = db.last_insert_rowid();
        self.newest = Some(Batch { number, digest, revisions: revisions().collect() });
        Ok((number, digest))
    }

    /// Forgets what a failed transaction did not keep.
    pub(crate) fn clear(&mut self) {
        self.newest = None;
    }
}

/// The query that [`decode`] reads rows of.
pub(crate) const SELECT: &str = "
    SELECT c.number, c.body, f.body, c.stage_ms, substr(k.attached, 1, 32)
    FROM cycles c JOIN features f ON f.number = c.features
    LEFT JOIN facts k ON k.number = c.fact";

/// A stored row, before it is understood.
pub(crate) struct Raw {
    number: i64,
    body: Vec<u8>,
    features: Vec<u8>,
    stage_ms: String,
    attached: Option<Vec<u8>>,
}

impl Raw {
    pub(crate) fn of(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            number: row.get(0)?,
            body: row.get(1)?,
            features: row.get(2)?,
            stage_ms: row.get(3)?,
            attached: row.get(4)?,
        })
    }
}

/// Reads a record and checks it against the chain.
pub(crate) fn decode(raw: &Raw, path: &Path) -> Result<KeptCycle, StoreError> {
    let damaged = |why: String| StoreError::Damaged {
        path: path.to_owned(),
        what: format!("cycle {}", raw.number),
        why,
    };
    let (body, features) = (unsqueeze(&raw.body), unsqueeze(&raw.features));
    let body = body.map_err(|e| damaged(e.to_string()))?;
    let features = features.map_err(|e| damaged(e.to_string()))?;
    let found = digest(&[&body, &digest(&[&features])]);
    if raw.attached.as_ref().is_some_and(|attached| *attached != found) {
        return Err(damaged("it is not what the chain says was kept".to_owned()));
    }
    let mut record: CycleRecord =
        serde_json::from_slice(&body).map_err(|e| damaged(e.to_string()))?;
    record.features = serde_json::from_slice(&features).map_err(|e| damaged(e.to_string()))?;
    let stage_ms = serde_json::from_str(&raw.stage_ms).map_err(|e| damaged(e.to_string()))?;
    Ok(KeptCycle { record, stage_ms })
}

/// Deletes cycles before a moment and features that no cycle reads any more.
pub(crate) fn forget(db: &Connection, before: Timestamp) -> Result<usize, rusqlite::Error> {
    let gone = db
        .prepare_cached("DELETE FROM cycles WHERE as_of < ?1")?
        .execute(params![before.millis()])?;
    let oldest: Option<i64> = db
        .query_row("SELECT min(features) FROM cycles", [], |row| row.get(0))
        .optional()?
        .flatten();
    if let Some(oldest) = oldest.filter(|_| gone > 0) {
        db.execute("DELETE FROM features WHERE number < ?1", [oldest])?;
    }
    Ok(gone)
}

fn squeeze(bytes: &[u8], path: &Path) -> Result<Vec<u8>, StoreError> {
    zstd::encode_all(bytes, LEVEL)
        .map_err(|source| StoreError::Io { path: path.to_owned(), source })
}

fn unsqueeze(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    zstd::Decoder::new(bytes)?.take(MOST_BYTES).read_to_end(&mut out)?;
    Ok(out)
}
