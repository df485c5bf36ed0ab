//! The head: how far the facts went, in a file of its own.
//!
//! A database that lost its newest facts (a damaged WAL frame is dropped in silence, a file is
//! restored from an old copy) still has an unbroken chain. The head is what shows the loss. Two
//! slots are written in turn, so that a torn write leaves the other one.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::chain::{GENESIS, Hash, digest, hex};

/// Bytes of a slot: a number, a hash, a check and white space, as text.
const SLOT: usize = 128;

/// The newest fact that was certainly kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) number: i64,
    pub(crate) hash: Hash,
}

/// The head file, open for writing.
#[derive(Debug)]
pub(crate) struct Head {
    path: PathBuf,
    file: File,
    next_slot: u64,
}

/// What a head file says.
pub(crate) enum Found {
    /// There is no file.
    Nothing,
    /// A file of which neither slot can be read.
    Damaged,
    /// The newer slot, and which one it is.
    Mark { mark: Mark, slot: u64 },
}

impl Mark {
    /// Before the first fact.
    pub(crate) const START: Self = Self { number: 0, hash: GENESIS };

    fn check(&self) -> String {
        let sum = digest(&[&self.number.to_be_bytes(), &self.hash]);
        sum.first_chunk::<8>().map(|start| hex(start)).unwrap_or_default()
    }

    fn slot(&self) -> Vec<u8> {
        let text = format!("{:<20} {} {}", self.number, hex(&self.hash), self.check());
        let mut slot = text.into_bytes();
        slot.resize(SLOT - 1, b' ');
        slot.push(b'\n');
        slot
    }

    /// Only exactly what [`Self::slot`] writes is a mark.
    fn read(slot: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(slot).ok()?;
        let mut words = text.split_ascii_whitespace();
        let number = words.next()?.parse().ok()?;
        let digits = words.next()?;
        let mut hash = Hash::default();
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        let mark = Self { number, hash };
        (mark.slot() == slot).then_some(mark)
    }
}

/// Reads a head file.
pub(crate) fn read(path: &Path) -> Result<Found, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let most = 4 * SLOT as u64;
            file.take(most).read_to_end(&mut bytes).map_err(io)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(io(error)),
    }
    let slots = bytes.chunks(SLOT).zip(0..2).filter_map(|(b, at)| Some((Mark::read(b)?, at)));
    let newest = slots.max_by_key(|(mark, _)| mark.number);
    Ok(match newest.filter(|_| bytes.len() == 2 * SLOT) {
        Some((mark, slot)) => Found::Mark { mark, slot },
        None => Found::Damaged,
    })
}

impl Head {
    /// Makes a head file; both slots say the same.
    pub(crate) fn create(path: &Path, mark: Mark) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let mut file =
            File::options().create(true).truncate(true).write(true).open(path).map_err(io)?;
        file.write_all(&[mark.slot(), mark.slot()].concat()).map_err(io)?;
        file.sync_all().map_err(io)?;
        Ok(Self { path: path.to_owned(), file, next_slot: 0 })
    }

    /// Goes on with a head file whose newer slot is known.
    pub(crate) fn reopen(path: &Path, slot: u64) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let file = File::options().write(true).open(path).map_err(io)?;
        Ok(Self { path: path.to_owned(), file, next_slot: 1 - slot })
    }

    /// Writes the older slot; it is on disk when this returns.
    pub(crate) fn write(&mut self, mark: Mark) -> Result<(), StoreError> {
        let start = self.next_slot * SLOT as u64;
        let written = self
            .file
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.file.write_all(&mark.slot()))
            .and_then(|()| self.file.sync_data());
        written.map_err(|source| StoreError::Io { path: self.path.clone(), source })?;
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: i64) -> Mark {
        Mark { number, hash: [u8::try_from(number % 251).unwrap(); 32] }
    }

    #[test]
    fn the_newer_slot_counts_and_a_torn_one_leaves_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        let mut head = Head::create(&path, mark(0)).unwrap();
        for number in 1..=5 {
            head.write(mark(number)).unwrap();
        }
        let good = std::fs::read(&path).unwrap();
        assert_eq!(good.len(), 2 * SLOT);
        for cut in 0..SLOT {
            let mut torn = good.clone();
            torn[cut] = b'x';
            std::fs::write(&path, &torn).unwrap();
            let Found::Mark { mark: found, slot } = read(&path).unwrap() else { panic!() };
            assert_eq!((found.number, slot), (4, 1), "the newer slot is torn at {cut}");
        }
        std::fs::write(&path, &good).unwrap();
        let Found::Mark { mark: found, slot } = read(&path).unwrap() else { panic!() };
        assert_eq!((found, slot), (mark(5), 0));
        Head::reopen(&path, slot).unwrap().write(mark(6)).unwrap();
        let Found::Mark { mark: found, .. } = read(&path).unwrap() else { panic!() };
        assert_eq!(found, mark(6));
    }

    #[test]
    fn a_file_of_another_length_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        assert!(matches!(read(&path).unwrap(), Found::Nothing));
        Head::create(&path, mark(3)).unwrap();
        let good = std::fs::read(&path).unwrap();
        for length in 0..2 * SLOT {
            std::fs::write(&path, &good[..length]).unwrap();
            assert!(matches!(read(&path).unwrap(), Found::Damaged), "{length}");
        }
    }
}
