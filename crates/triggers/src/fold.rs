//! Short bars into longer ones.

use domain::Bar;

/// Folds bars into spans of `secs`, aligned to the epoch: first open, highest high, lowest low,
/// last close, summed volume. Spans without bars are absent.
pub fn fold(bars: impl Iterator<Item = Bar>, secs: i64) -> impl Iterator<Item = Bar> {
    let mut bars = bars.peekable();
    core::iter::from_fn(move || {
        let first = bars.next()?;
        let start = first.start.floor_secs(secs);
        let mut folded = Bar { start, ..first };
        while let Some(next) = bars.next_if(|bar| bar.start.floor_secs(secs) == start) {
            folded = folded.merged(&next);
        }
        Some(folded)
    })
}
