//! Whether a decision knew the future: the same run with everything after a moment cut away, and
//! with nonsense in its place, must have decided the same up to that moment.

use domain::{Fact, Timestamp};
use serde::Serialize;

use crate::feed::Slots;
use crate::run::{Outcome, Setup, Silent, run_on};
use crate::{BacktestError, Data};

/// How the future was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is not there.
    Truncated,
    /// It is nonsense.
    Poisoned,
}

/// A decision that was another one when the future was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foresight {
    /// The moment after which the data was changed.
    pub cut: Timestamp,
    /// How.
    pub change: Change,
    /// The moment of the first difference.
    pub at: Timestamp,
    /// What was on record with the whole data.
    pub whole: String,
    /// What is on record with the changed one.
    pub changed: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The moments.
    pub cuts: Vec<Timestamp>,
    /// Facts that were compared, over all moments and both changes.
    pub compared: u64,
    /// Differences, the first of each comparison.
    pub found: Vec<Foresight>,
}

/// The moments to cut at: some evenly over the span, and those of the first approvals.
pub fn cuts(outcome: &Outcome, setup: &Setup, evenly: u32, approvals: usize) -> Vec<Timestamp> {
    let step = setup.interval_secs.max(1);
    let span = setup.to.secs_since(setup.from);
    let part = |n: i64| setup.from.plus_secs(span * n / i64::from(evenly + 1) / step * step);
    let approved = outcome.facts.iter().filter_map(|fact| {
        if let Fact::Approved(approval) = fact { Some(approval.at) } else { None }
    });
    // An approval is of a decision, which is at a whole step; one between would cut inside a bar.
    let on_step = |at: &Timestamp| at.secs_since(setup.from) % step == 0;
    let mut cuts: Vec<_> = (1..=i64::from(evenly)).map(part).collect();
    cuts.extend(approved.filter(on_step).take(approvals));
    cuts.retain(|cut| *cut > setup.from && *cut < setup.to);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// Runs again up to each moment, twice, and compares everything that is on record by then with the
/// whole run. `slots` makes the source of closed slots for a run's data.
///
/// # Errors
/// As [`run_on`].
pub fn check(
    setup: &Setup,
    data: &Data,
    whole: &Outcome,
    cuts: &[Timestamp],
    slots: &dyn Fn(&Data) -> Box<dyn Slots>,
) -> Result<Checked, BacktestError> {
    let mut checked = Checked { cuts: cuts.to_vec(), compared: 0, found: Vec::new() };
    for cut in cuts {
        for change in [Change::Truncated, Change::Poisoned] {
            let changed = match change {
                Change::Truncated => data.truncated(*cut),
                Change::Poisoned => data.poisoned(*cut),
            };
            let changed = changed.map_err(exchange_sim::SimError::from)?;
            let setup = Setup { to: *cut, ..setup.clone() };
            let again = run_on(&setup, &changed, &mut *slots(&changed), &mut Silent)?;
            let (compared, found) = first_difference(by(whole, *cut), by(&again, *cut));
            checked.compared += compared;
            checked.found.extend(found.map(|(at, whole, changed)| Foresight {
                cut: *cut,
                change,
                at,
                whole,
                changed,
            }));
        }
    }
    Ok(checked)
}

/// What was on record when the decision of a moment was over.
fn by(outcome: &Outcome, cut: Timestamp) -> &[Fact] {
    let is_it = |fact: &Fact| matches!(fact, Fact::Cycle { at, .. } if *at == cut);
    let end = outcome.facts.iter().position(is_it).map_or(outcome.facts.len(), |at| at + 1);
    outcome.facts.get(..end).unwrap_or_default()
}

/// How many facts are equal, and the first two that are not.
fn first_difference(
    whole: &[Fact],
    changed: &[Fact],
) -> (u64, Option<(Timestamp, String, String)>) {
    let equal = whole.iter().zip(changed).take_while(|(a, b)| a == b).count();
    let (one, other) = (whole.get(equal), changed.get(equal));
    let at = one.or(other).map(Fact::at);
    (equal as u64, at.map(|at| (at, told(one), told(other))))
}

/// A fact in a line.
fn told(fact: Option<&Fact>) -> String {
    let text = fact.map_or_else(|| "nothing more".to_owned(), |fact| format!("{fact:?}"));
    text.chars().take(240).collect()
}
