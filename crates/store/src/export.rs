//! Facts as JSON lines, for other programs and other times, and the way back.
//!
//! The first line says whose facts they are, how many, and the hash of the last one. Each line after
//! it is a fact with its place in the chain:
//!
//! ```json
//! {"number":1,"attached":null,"hash":"5c…","fact":{"fact":"boot","at":"…"}}
//! ```
//!
//! Cycle records are not in it: they are kept for months and not for years, and `backup` has them.

use core::fmt::Display;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use domain::{AccountId, Fact, Mode};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use crate::backup::{Copied, rename, settle, with_suffix};
use crate::chain::{Hash, hex, unhex};
use crate::head::Mark;
use crate::layout::LAYOUT;
use crate::open::{DATABASE, LOCK, verify};
use crate::{Records, Scope, StoreError, layout, lock};

/// The form that is written, and the only one that is read.
const FORM: u32 = 1;
/// No line is longer; what claims to be is no export.
const MOST_BYTES: u64 = 16 << 20;
/// What is between a fact's place and the fact itself.
const SEAM: &str = ",\"fact\":";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    export: u32,
    layout: i64,
    mode: Mode,
    venue: String,
    account: AccountId,
    facts: i64,
    hash: String,
    memory: Option<Memory>,
}

/// What the last loop remembered, and the fact it was kept with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Memory {
    fact: i64,
    body: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    number: i64,
    attached: Option<String>,
    hash: String,
}

/// Writes the facts of a scope into one file, also while a process writes them. The file has its
/// name only when it is whole.
///
/// # Errors
/// [`StoreError`]: the records cannot be read, the file exists, or cannot be written.
pub fn export(data: &Path, scope: &Scope, to: &Path) -> Result<Copied, StoreError> {
    if to.exists() {
        return Err(StoreError::Occupied { path: to.to_owned() });
    }
    let records = Records::read(data, scope)?;
    let part = with_suffix(to, ".part");
    let io = |source| StoreError::Io { path: part.clone(), source };
    let mut out = BufWriter::new(File::create(&part).map_err(io)?);
    write(&records, scope, &mut out, &part)?;
    let file = out.into_inner().map_err(|error| io(error.into_error()))?;
    file.sync_all().map_err(io)?;
    rename(&part, to)?;
    Ok(Copied { last_fact: records.last_fact() })
}

fn write(
    records: &Records,
    scope: &Scope,
    out: &mut impl Write,
    path: &Path,
) -> Result<(), StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let sqlite = |source| records.sqlite(source);
    let memory = records
        .db
        .query_row("SELECT fact, body FROM memory", [], |row| {
            Ok(Memory { fact: row.get(0)?, body: row.get(1)? })
        })
        .optional()
        .map_err(sqlite)?;
    let Scope { mode, venue, account } = scope.clone();
    let hash = hex(&records.newest.hash);
    let facts = records.last_fact();
    let heading =
        Heading { export: FORM, layout: LAYOUT, mode, venue, account, facts, hash, memory };
    writeln!(out, "{}", serde_json::to_string(&heading)?).map_err(io)?;
    let sql = "SELECT number, body, hash, attached FROM facts ORDER BY number";
    let mut query = records.db.prepare(sql).map_err(sqlite)?;
    let mut rows = query.query([]).map_err(sqlite)?;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let body: String = row.get(1).map_err(sqlite)?;
        let hash: Vec<u8> = row.get(2).map_err(sqlite)?;
        let attached: Option<Vec<u8>> = row.get(3).map_err(sqlite)?;
        let number = row.get(0).map_err(sqlite)?;
        let attached = attached.map(|bytes| hex(&bytes));
        let place = serde_json::to_string(&Place { number, attached, hash: hex(&hash) })?;
        // The body goes out as it lies: another order of its keys would be another hash.
        let place = place.strip_suffix('}').unwrap_or(&place);
        writeln!(out, "{place}{SEAM}{body}}}").map_err(io)?;
    }
    out.flush().map_err(io)
}

/// Makes the records of a scope from a file that [`export`] wrote. The chain is recomputed before
/// anything has its name.
///
/// # Errors
/// [`StoreError`]: there are records already, another instance has the place, or the file is
/// somebody else's, cut off, or not what its chain says. Nothing was changed then.
pub fn import(data: &Path, scope: &Scope, from: &Path) -> Result<Copied, StoreError> {
    let directory = scope.directory(data);
    let (heading, mut lines) = open(from, scope)?;
    let io = |source| StoreError::Io { path: directory.clone(), source };
    let was_there = directory.exists();
    fs::create_dir_all(&directory).map_err(io)?;
    let lock = lock::take(&directory.join(LOCK))?;
    let path = directory.join(DATABASE);
    if path.exists() {
        return Err(StoreError::Occupied { path: directory });
    }
    let part = with_suffix(&path, ".part");
    let made = build(&part, scope, &heading, &mut lines);
    let done = made.and_then(|newest| {
        settle(&directory, &part, newest)?;
        Ok(Copied { last_fact: newest.number })
    });
    if done.is_err() {
        let _there_or_not = fs::remove_file(&part);
        if !was_there {
            drop(lock);
            let _left_alone = fs::remove_file(directory.join(LOCK));
            let _left_alone = fs::remove_dir(&directory);
        }
    }
    done
}

/// The lines of a file, with their numbers.
struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<File>,
    number: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<String>, StoreError> {
        self.number += 1;
        let mut line = Vec::new();
        let io = |source| StoreError::Io { path: self.path.to_owned(), source };
        let mut limited = std::io::Read::take(&mut self.reader, MOST_BYTES);
        limited.read_until(b'\n', &mut line).map_err(io)?;
        if line.is_empty() {
            return Ok(None);
        }
        match String::from_utf8(line) {
            Ok(text) if text.ends_with('\n') => Ok(Some(text.trim_end().to_owned())),
            Ok(_) | Err(_) => Err(self.wrong(&"it is cut off, or no text")),
        }
    }

    fn wrong(&self, why: &dyn Display) -> StoreError {
        let (path, line) = (self.path.to_owned(), self.number);
        StoreError::Line { path, line, why: why.to_string() }
    }
}

fn open<'a>(from: &'a Path, scope: &Scope) -> Result<(Heading, Lines<'a>), StoreError> {
    let file =
        File::open(from).map_err(|source| StoreError::Io { path: from.to_owned(), source })?;
    let mut lines = Lines { path: from, reader: BufReader::new(file), number: 0 };
    let first = lines.next()?.ok_or_else(|| lines.wrong(&"the file is empty"))?;
    let heading: Heading = serde_json::from_str(&first)
        .map_err(|error| lines.wrong(&format!("it is not the heading of an export: {error}")))?;
    if heading.export != FORM {
        return Err(lines.wrong(&format!("form {} is not {FORM}", heading.export)));
    }
    if heading.layout > LAYOUT {
        let (path, found) = (from.to_owned(), heading.layout);
        return Err(StoreError::Newer { path, found, known: LAYOUT });
    }
    let (mode, venue, account) = (heading.mode, heading.venue.clone(), heading.account.clone());
    let owner = Scope { mode, venue, account };
    if owner != *scope {
        let (path, found) = (from.to_owned(), owner.name());
        return Err(StoreError::Foreign { path, found, wanted: scope.name() });
    }
    Ok((heading, lines))
}

/// Makes a database of the lines, and says how far it goes.
fn build(
    part: &Path,
    scope: &Scope,
    heading: &Heading,
    lines: &mut Lines<'_>,
) -> Result<Mark, StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: part.to_owned(), source };
    if part.exists() {
        fs::remove_file(part).map_err(|source| StoreError::Io { path: part.to_owned(), source })?;
    }
    let mut db = Connection::open(part).map_err(sqlite)?;
    layout::prepare(&mut db, part, scope, 0)?;
    let work = db.transaction().map_err(sqlite)?;
    while let Some(line) = lines.next()? {
        insert(&work, &line, lines, part)?;
    }
    if let Some(memory) = &heading.memory {
        work.execute("INSERT INTO memory VALUES (1, ?1, ?2)", params![memory.fact, memory.body])
            .map_err(sqlite)?;
    }
    work.commit().map_err(sqlite)?;
    // What is wrong is wrong with the file that was given.
    let chain = verify(&db, lines.path, LAYOUT)?;
    let newest = chain.newest;
    if newest.number != heading.facts || hex(&newest.hash) != heading.hash {
        return Err(lines.wrong(&format!(
            "the heading tells of {} facts, and {} are there: the file is cut off or changed",
            heading.facts, newest.number
        )));
    }
    chain.agrees_with_memory(&db, lines.path, LAYOUT)?;
    Ok(newest)
}

fn insert(db: &Connection, line: &str, lines: &Lines<'_>, part: &Path) -> Result<(), StoreError> {
    let (place, body) = line
        .split_once(SEAM)
        .and_then(|(place, rest)| Some((place, rest.strip_suffix('}')?)))
        .ok_or_else(|| lines.wrong(&"it is no fact with its place in the chain"))?;
    let place: Place =
        serde_json::from_str(&format!("{place}}}")).map_err(|error| lines.wrong(&error))?;
    serde_json::from_str::<Fact>(body).map_err(|error| lines.wrong(&error))?;
    let digits = |text: &str| unhex(text).ok_or_else(|| lines.wrong(&"a hash is not hex"));
    let attached = place.attached.as_deref().map(digits).transpose()?;
    let hash: Hash =
        digits(&place.hash)?.try_into().map_err(|_| lines.wrong(&"a hash is not 32 bytes"))?;
    db.prepare_cached("INSERT INTO facts (number, body, hash, attached) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute(params![place.number, body, hash, attached]))
        .map(drop)
        .map_err(|source| StoreError::Sqlite { path: part.to_owned(), source })
}
