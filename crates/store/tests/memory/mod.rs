//! A directory in memory where the machine has one: thousands of commits wait for no disk.

use std::path::Path;

pub(crate) fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}
