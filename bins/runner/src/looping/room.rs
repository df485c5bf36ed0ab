//! A disk that fills while a loop trades, and what is done when nothing can be put on record.

use core::time::Duration;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use config::Config;

use super::Loop;
use crate::clock::Stopwatch;
use crate::desk::Killed;
use crate::watch::Watch;
use crate::{Code, Failure, disk};

/// For the last cancels, all of them together.
const LAST_RESORT: Duration = Duration::from_secs(10);

/// What keeps a buy from the wire: a kill, or a disk without room.
pub(super) fn heeded(config: &Config, watch: &Watch) -> Killed {
    let (killed, data_dir) = (watch.question(), config.app.data_dir.clone());
    Box::new(move || killed().or_else(|| disk::full(&data_dir)))
}

/// A panic as a failure, so that its process can cancel before it ends.
pub(super) fn caught<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What is used afterwards is a list of orders, read once.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(Failure::new(Code::Failed, format!("the loop panicked: {text}")))
    })
}

impl Loop<'_> {
    /// Looks whether the disk is full. Then nothing is bought, and what is left of the reserve is for
    /// exits and cancels; with room again it is over by itself. Whether the reserve is whole is
    /// looked at once a cycle.
    pub(super) fn heed_disk(&mut self, at_a_cycle: bool) {
        let Some(desk) = &mut self.desk else { return };
        let full = disk::full(&self.config.app.data_dir);
        let full = match full {
            None if at_a_cycle => self.keeper.short_of_reserve(),
            None => self.full.clone(),
            full => full,
        };
        match (&self.full, &full) {
            (None, Some(reason)) => {
                tracing::error!(%reason, "the disk is full: nothing is bought until there is room");
            }
            (Some(_), None) => tracing::warn!("the disk has room again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        desk.spare(full.clone());
        self.keeper.spares = full.is_some();
        self.full = full;
    }

    /// Shows a cycle. On a full disk a result that cannot be written ends nothing.
    pub(super) fn show(
        &self,
        skipped: u64,
        watch: &Stopwatch,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let shown = self.reporter.cycle(&self.engine, self.cycles, skipped, watch, out);
        match shown.and_then(|()| Ok(out.flush()?)) {
            Err(failure) if self.full.is_some() => {
                tracing::error!(%failure, "a cycle is not shown");
                Ok(())
            }
            shown => shown,
        }
    }

    /// Cancels own entries before a process ends that can put nothing more on record. What cannot
    /// be cancelled ends at the venue by itself.
    pub(super) async fn last_resort(&self) {
        let Some(desk) = &self.desk else { return };
        if tokio::time::timeout(LAST_RESORT, desk.last_resort(&self.engine)).await.is_err() {
            tracing::error!("not all own entries are cancelled: those left expire at the venue");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_that_says_what_happened() {
        let number = 7;
        let failure = caught::<()>(|| panic!("number {number}")).unwrap_err();
        assert_eq!(failure.code, Code::Failed);
        assert!(failure.message.contains("panicked: number 7"), "{failure}");
        let plain = caught::<()>(|| panic!("plain")).unwrap_err();
        assert!(plain.message.contains("plain"), "{plain}");
        assert_eq!(caught(|| Ok(3)), Ok(3));
    }
}
