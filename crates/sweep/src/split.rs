//! Walk-forward: what is chosen on one span is shown on a later one.

use domain::Timestamp;
use serde::Serialize;

const DAY_SECS: i64 = 86_400;

/// From a moment to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
}

/// Where a choice is made, and where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Split {
    /// Candidates are chosen here.
    pub train: Span,
    /// And shown here.
    pub test: Option<Span>,
}

/// Lengths in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// Of the span that choices are made on.
    pub train: u32,
    /// Between the two, so that what the one went by is not what the other begins with. Accounts are fresh
    /// on both.
    pub embargo: u32,
    /// Of the span that choices are shown on; the next split begins so much later.
    pub test: u32,
}

/// A span too short for one split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the span has {has} whole days, and {} are needed for {} of training, {} of embargo and \
         {} of test", needs(.lengths), .lengths.train, .lengths.embargo, .lengths.test)]
pub struct TooShort {
    /// Days there are.
    pub has: i64,
    /// Days that were asked for.
    pub lengths: Lengths,
}

fn needs(lengths: &Lengths) -> u64 {
    u64::from(lengths.train) + u64::from(lengths.embargo) + u64::from(lengths.test)
}

/// All splits that fit into a span, each a test's length after the one before, so that tests follow
/// one another without overlap. Without lengths the whole span is trained on and nothing is shown.
///
/// # Errors
/// [`TooShort`].
pub fn splits(span: Span, lengths: Option<Lengths>) -> Result<Vec<Split>, TooShort> {
    let Some(lengths) = lengths else { return Ok(vec![Split { train: span, test: None }]) };
    let secs = |days: u32| i64::from(days) * DAY_SECS;
    let (train, embargo, test) = (secs(lengths.train), secs(lengths.embargo), secs(lengths.test));
    let mut found = Vec::new();
    let mut from = span.from;
    loop {
        let trained = from.plus_secs(train);
        let shown = trained.plus_secs(embargo);
        let to = shown.plus_secs(test);
        if to > span.to {
            break;
        }
        let test_span = Span { from: shown, to };
        found.push(Split { train: Span { from, to: trained }, test: Some(test_span) });
        from = from.plus_secs(test.max(DAY_SECS));
    }
    if found.is_empty() {
        return Err(TooShort { has: span.to.secs_since(span.from) / DAY_SECS, lengths });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_secs(day * DAY_SECS)
    }

    #[test]
    fn tests_follow_one_another_and_never_touch_their_training() {
        let span = Span { from: day(0), to: day(100) };
        let lengths = Lengths { train: 50, embargo: 5, test: 20 };
        let found = splits(span, Some(lengths)).unwrap();
        let days: Vec<_> = found
            .iter()
            .map(|split| {
                let test = split.test.unwrap();
                [split.train.from, split.train.to, test.from, test.to]
                    .map(|at| at.secs() / DAY_SECS)
            })
            .collect();
        assert_eq!(days, [[0, 50, 55, 75], [20, 70, 75, 95]]);
    }

    #[test]
    fn a_span_that_is_too_short_says_what_it_lacks() {
        let span = Span { from: day(0), to: day(29) };
        let error = splits(span, Some(Lengths { train: 20, embargo: 1, test: 9 })).unwrap_err();
        assert!(error.to_string().contains("29 whole days, and 30 are needed"), "{error}");
        assert_eq!(splits(span, None).unwrap(), [Split { train: span, test: None }]);
    }
}
