//! Watches for a kill on a thread of its own, so that no decision, slow disk or venue keeps it from
//! being seen (C-01).

use core::time::Duration;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use domain::Timestamp;
use tokio::sync::watch;

use crate::clock::wall;
use crate::desk::Killed;
use crate::{Code, Failure};

/// The file in the data directory that stops all modes: whether it is there, not what it says.
pub(crate) const KILL_SWITCH: &str = "KILL_SWITCH";

/// How often it is looked for. Twice that, and a slow read, are within the 250 ms of the promise.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why nothing may be bought any more, in words for the records.
pub(crate) fn killed(data_dir: &Path) -> Option<String> {
    let file = data_dir.join(KILL_SWITCH);
    // A link that leads nowhere is somebody's kill, too.
    match file.symlink_metadata() {
        Ok(_) => Some(format!("{} is there", file.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(format!("{} cannot be looked for: {error}", file.display())),
    }
}

/// What the thread has seen: why nothing may be bought, and since when it knows.
#[derive(Debug, Clone)]
pub(crate) struct Watch(watch::Receiver<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    why: String,
    at: Timestamp,
}

fn look(data_dir: &Path) -> Option<Seen> {
    killed(data_dir).map(|why| Seen { why, at: wall() })
}

impl Watch {
    /// Watches from now on, until the last copy of this is dropped. What is there already has been
    /// seen when this returns.
    pub(crate) fn begin(data_dir: &Path) -> Result<Self, Failure> {
        let data_dir = PathBuf::from(data_dir);
        let (tell, told) = watch::channel(look(&data_dir));
        thread::Builder::new()
            .name("kill-switch".to_owned())
            .spawn(move || {
                while !tell.is_closed() {
                    thread::sleep(LOOK_EVERY);
                    let now = look(&data_dir);
                    tell.send_if_modified(|before| {
                        let why = |seen: &Option<Seen>| seen.as_ref().map(|seen| seen.why.clone());
                        let changed = why(before) != why(&now);
                        if changed {
                            *before = now;
                        }
                        changed
                    });
                }
            })
            .map_err(|e| {
                Failure::new(Code::Failed, format!("no thread for the kill switch: {e}"))
            })?;
        Ok(Self(told))
    }

    /// Why nothing may be bought, if so.
    pub(crate) fn killed(&self) -> Option<String> {
        self.0.borrow().as_ref().map(|seen| format!("{}, seen at {}", seen.why, seen.at))
    }

    /// The same as a question that can be handed on.
    pub(crate) fn question(&self) -> Killed {
        let watch = self.clone();
        Box::new(move || watch.killed())
    }

    /// Returns when a kill is seen that was not seen before.
    pub(crate) async fn kill(&mut self) {
        while self.0.changed().await.is_ok() {
            if self.0.borrow_and_update().is_some() {
                return;
            }
        }
        // The thread lives as long as this; without it nothing can be told.
        core::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_kill_is_the_file_whatever_it_holds_and_what_cannot_be_read_is_a_kill() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(killed(data.path()), None);
        assert_eq!(killed(&data.path().join("not there yet")), None);
        fs::write(data.path().join(KILL_SWITCH), "").unwrap();
        assert!(killed(data.path()).unwrap().contains(KILL_SWITCH));
        let file = data.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(killed(&file).unwrap().contains("cannot be looked for"), "it is no directory");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_a_kill() {
        let data = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", data.path().join(KILL_SWITCH)).unwrap();
        assert!(killed(data.path()).is_some());
    }

    #[tokio::test]
    async fn a_kill_wakes_whoever_waits_for_it_and_is_still_there_afterwards() {
        let data = tempfile::tempdir().unwrap();
        let mut watch = Watch::begin(data.path()).unwrap();
        assert_eq!(watch.killed(), None);
        fs::write(data.path().join(KILL_SWITCH), "").unwrap();
        tokio::time::timeout(Duration::from_secs(30), watch.kill()).await.unwrap();
        assert!(watch.killed().is_some());
    }
}
