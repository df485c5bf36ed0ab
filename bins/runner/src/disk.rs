//! What is done to a disk besides the records.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Bytes that may still be written at a place.
#[cfg(unix)]
pub(crate) fn free(place: &Path) -> io::Result<Option<u64>> {
    let found = rustix::fs::statvfs(place)?;
    Ok(Some(found.f_bavail.saturating_mul(found.f_frsize)))
}

/// Not known here.
#[cfg(not(unix))]
pub(crate) fn free(_: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// With fewer bytes left nothing is bought: what must be written then comes from the reserve of the
/// records, and files beside them need a little, too.
const LEAST_FREE: u64 = 8 << 20;

/// Why the disk of a place counts as full, in words for the records. A disk that does not say counts
/// as one with room: records say themselves when they find none.
pub(crate) fn full(place: &Path) -> Option<String> {
    let left = free(place).ok().flatten().filter(|left| *left < LEAST_FREE)?;
    let place = place.display();
    Some(format!("the disk of {place} has {left} bytes left, less than {LEAST_FREE}"))
}

/// Makes a directory and writes a file to it, which is taken away again.
pub(crate) fn probe(place: &Path) -> io::Result<()> {
    fs::create_dir_all(place)?;
    let file = place.join(format!(".probe-{}", std::process::id()));
    let written = File::create(&file).and_then(|mut out| {
        out.write_all(b"doctor")?;
        out.sync_all()
    });
    let gone = fs::remove_file(&file);
    written.and(gone)
}

/// Puts a whole text in the place of a file, or leaves what is there.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
