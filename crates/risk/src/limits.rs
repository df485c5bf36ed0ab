//! A policy that was checked: the only kind that orders are judged by.

use domain::{Latch, PolicyHash, Usd};
use rust_decimal::Decimal;

use crate::exact::Exact;
use crate::{Change, Direction, Policy};

/// A dotted key and what is wrong with it, with what would be right.
pub type Problem = (String, String);

/// A policy without problems and under the compiled ceilings, with its hash. Nothing else makes
/// one, and nothing changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    policy: Policy,
    hash: PolicyHash,
}

/// Why another policy is not taken while the program runs.
#[derive(Debug, Clone, PartialEq)]
pub enum NotTighter {
    /// It cannot be meant.
    Problems(Vec<Problem>),
    /// Keys that would let through more, or of which that cannot be excluded.
    Looser(Vec<Change>),
}

/// What losses are measured from; `None` where nothing is recorded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LossReferences {
    /// NAV at the start of the UTC day.
    pub day: Option<Usd>,
    /// NAV at the start of the week.
    pub week: Option<Usd>,
    /// The highest NAV.
    pub peak: Option<Usd>,
}

impl Limits {
    /// Checks a policy.
    ///
    /// # Errors
    /// Every problem of it; see [`Policy::problems`].
    pub fn new(policy: Policy, hash: PolicyHash) -> Result<Self, Vec<Problem>> {
        let problems = policy.problems();
        if problems.is_empty() { Ok(Self { policy, hash }) } else { Err(problems) }
    }

    /// The same or a stricter policy: what a running program may be told (C-07). Anything looser
    /// takes a restart.
    ///
    /// # Errors
    /// [`NotTighter`]: these limits stay.
    pub fn tighten(&self, policy: Policy, hash: PolicyHash) -> Result<Self, NotTighter> {
        let mut changes = Policy::compare(&self.policy, &policy);
        changes.retain(|change| change.direction != Direction::Tighter);
        if !changes.is_empty() {
            return Err(NotTighter::Looser(changes));
        }
        Self::new(policy, hash).map_err(NotTighter::Problems)
    }

    /// What it says.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its hash, as approvals carry it.
    pub const fn hash(&self) -> &PolicyHash {
        &self.hash
    }

    /// What sizes are shares of: the NAV, or `control.capital_usd` when that is less.
    pub fn sizing_nav(&self, nav: Usd) -> Usd {
        self.policy.control.capital_usd.map_or(nav, |capital| capital.min(nav))
    }

    /// The smallest order, dollars. The venue's minimum for the product holds too.
    pub const fn min_order_usd(&self) -> Usd {
        self.policy.orders.min_order_usd
    }

    /// The loss stops that a NAV has reached: (reference − NAV) / reference, in percent, at or
    /// above the stop. Whether one reading is enough to latch is the caller's to know.
    pub fn loss_stops(&self, nav: Usd, since: &LossReferences) -> Vec<Latch> {
        let stops = &self.policy.loss_stops;
        let rows = [
            (Latch::DailyStop, since.day, stops.daily_stop_pct),
            (Latch::WeeklyStop, since.week, stops.weekly_stop_pct),
            (Latch::MaxDrawdown, since.peak, stops.max_drawdown_pct),
        ];
        rows.into_iter()
            .filter(|(_, reference, stop)| {
                reference.is_some_and(|from| reached(from.get(), nav.get(), stop.get()))
            })
            .map(|(latch, ..)| latch)
            .collect()
    }
}

/// A number that does not fit counts as a stop that was reached.
fn reached(from: Decimal, nav: Decimal, stop: Decimal) -> bool {
    let loss = (Exact::from(from) - nav) * Exact::HUNDRED;
    let most = Exact::from(from) * stop;
    let lost = !loss.is_at_most(Exact::ZERO);
    lost && loss.zip(most).is_none_or(|(loss, most)| loss >= most)
}
