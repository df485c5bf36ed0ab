//! How much of its span a series of candles has.

use domain::{Granularity, Timestamp};
use serde::Serialize;

use crate::Span;
use crate::gaps::SHORTEST_SECS;

/// How complete candles are between their first and their last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// So many candles fit.
    pub expected: u64,
    /// So many are there.
    pub present: u64,
    /// So many are not there although a download asked about them: nobody traded.
    pub quiet: u64,
    /// So many are not there, and nobody knows why.
    pub missing: u64,
    /// Spans of missing candles, five minutes or longer.
    pub gaps: Vec<Span>,
}

impl Completeness {
    /// Of candles that start at these moments, in order; `asked` are the spans that a download asked
    /// about, in order and apart.
    pub fn of(starts: &[Timestamp], granularity: Granularity, asked: &[Span]) -> Self {
        let step = granularity.secs();
        let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
            return Self::default();
        };
        let count = |secs: i64| u64::try_from(secs.div_euclid(step)).unwrap_or(0);
        let mut found = Self {
            expected: count(last.secs_since(*first)) + 1,
            present: starts.len() as u64,
            ..Self::default()
        };
        for pair in starts.windows(2) {
            let &[before, next] = pair else { continue };
            let silent = Span { from: before.plus_secs(step), to: next };
            for span in unknown(silent, asked) {
                found.missing += count(span.to.secs_since(span.from));
                if span.to.secs_since(span.from) >= SHORTEST_SECS {
                    found.gaps.push(span);
                }
            }
        }
        found.quiet = found.expected.saturating_sub(found.present + found.missing);
        found
    }

    /// The longest gap.
    pub fn longest(&self) -> Option<Span> {
        self.gaps.iter().copied().max_by_key(|gap| (gap.to.secs_since(gap.from), gap.to))
    }

    /// What is known of the span, percent: candles that are there, and silence that was asked about.
    pub fn known_pct(&self) -> f64 {
        if self.expected == 0 {
            return 0.0;
        }
        100.0 * (self.expected - self.missing.min(self.expected)) as f64 / self.expected as f64
    }
}

/// The parts of a silence that no download asked about.
fn unknown(silent: Span, asked: &[Span]) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut from = silent.from;
    let first = asked.partition_point(|span| span.to <= silent.from);
    for span in asked.iter().skip(first).take_while(|span| span.from < silent.to) {
        if span.from > from {
            parts.push(Span { from, to: span.from });
        }
        from = from.max(span.to);
    }
    if from < silent.to {
        parts.push(Span { from, to: silent.to });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_secs(minute * 60)
    }

    fn span(from: i64, to: i64) -> Span {
        Span { from: at(from), to: at(to) }
    }

    #[test]
    fn what_is_not_there_is_quiet_where_it_was_asked_about_and_missing_elsewhere() {
        let starts: Vec<_> = [0, 1, 2, 5, 20, 21, 40].map(at).to_vec();
        let cases = [
            (vec![], 34, 0, vec![span(6, 20), span(22, 40)]),
            (vec![span(0, 10), span(30, 60)], 18, 16, vec![span(10, 20), span(22, 30)]),
            (vec![span(7, 18)], 23, 11, vec![span(22, 40)]),
            (vec![span(0, 100)], 0, 34, vec![]),
        ];
        for (asked, missing, quiet, gaps) in cases {
            let found = Completeness::of(&starts, Granularity::M1, &asked);
            assert_eq!((found.expected, found.present), (41, 7), "{asked:?}");
            assert_eq!((found.missing, found.quiet), (missing, quiet), "{asked:?}");
            assert_eq!(found.gaps, gaps, "{asked:?}");
        }
    }

    #[test]
    fn each_missing_hour_is_a_gap_and_nothing_is_no_part_of_nothing() {
        let starts: Vec<_> = [0, 60, 180, 240].map(at).to_vec();
        let found = Completeness::of(&starts, Granularity::H1, &[]);
        assert_eq!(found.gaps, [span(120, 180)]);
        assert_eq!(found.longest(), Some(span(120, 180)));
        assert!((found.known_pct() - 80.0).abs() < 1e-12);
        let none = Completeness::of(&[], Granularity::H1, &[]);
        assert_eq!((none.expected, none.longest()), (0, None));
    }
}
