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
    let approved = outcome.facts.events().filter_map(|fact| {
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
            let (compared, found) = first_difference(whole, &again, *cut);
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

/// How many facts are equal of those that were on record when the decision of a moment was over, and the
/// first two that are not.
fn first_difference(
    whole: &Outcome,
    changed: &Outcome,
    cut: Timestamp,
) -> (u64, Option<(Timestamp, String, String)>) {
    let by = |outcome: &Outcome| outcome.facts.len_after(cut).unwrap_or(outcome.facts.len());
    let mut ones = whole.facts.iter().take(by(whole));
    let mut others = changed.facts.iter().take(by(changed));
    let mut equal = 0;
    loop {
        let (one, other) = (ones.next(), others.next());
        if one == other && one.is_some() {
            equal += 1;
            continue;
        }
        let at = one.as_deref().or(other.as_deref()).map(Fact::at);
        return (equal, at.map(|at| (at, told(one.as_deref()), told(other.as_deref()))));
    }
}

/// A fact in a line.
fn told(fact: Option<&Fact>) -> String {
    let text = fact.map_or_else(|| "nothing more".to_owned(), |fact| format!("{fact:?}"));
    text.chars().take(240).collect()
}
