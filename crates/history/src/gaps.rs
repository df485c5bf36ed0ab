//! When a venue's data is missing.

use domain::{Bars, Gap, Timestamp};

use crate::Span;

/// A shorter silence of every product is a quiet market, not a gap.
pub(crate) const SHORTEST_SECS: i64 = 300;

/// Spans of five minutes or more within `[from, to]` that no bar of any product covers, and about
/// which no download asked.
pub fn gaps<'a>(
    series: impl IntoIterator<Item = &'a Bars>,
    asked: &[Span],
    from: Timestamp,
    to: Timestamp,
) -> Vec<Gap> {
    let touches = |span: &&Span| span.to > from && span.from < to;
    let mut covered: Vec<(Timestamp, Timestamp)> =
        asked.iter().filter(touches).map(|span| (span.from, span.to)).collect();
    for bars in series {
        let secs = bars.granularity().secs();
        let spans = bars.starts().iter().map(|start| (*start, start.plus_secs(secs)));
        covered.extend(spans.filter(|(start, end)| *end > from && *start < to));
    }
    covered.sort_unstable();
    let mut found = Vec::new();
    let mut reached = from;
    for (start, end) in covered.into_iter().chain([(to, to)]) {
        if start.secs_since(reached) >= SHORTEST_SECS {
            found.push(Gap { from: reached, to: start });
        }
        reached = reached.max(end);
    }
    found
}
