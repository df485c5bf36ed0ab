//! The ladder: every limit that a proposal meets, in order, whether it passes or not.

use domain::{ProductId, ProposalId, RiskCode, Side};
use serde::Serialize;

use crate::Reason;

/// The unit of a gate's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// It has none: yes or no.
    None,
    /// A number of things.
    Count,
    /// Percent points.
    Pct,
    /// Basis points.
    Bps,
    /// Dollars.
    Usd,
    /// Base units.
    Base,
    /// Seconds.
    Secs,
    /// Minutes.
    Minutes,
    /// So many times.
    Times,
    /// From 0 to 1.
    Share,
}

/// How the number found must lie to the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// It must be so; there is no number.
    Must,
    /// Found ≤ limit.
    AtMost,
    /// Found ≥ limit.
    AtLeast,
    /// Found < limit: there is room for one more.
    Below,
    /// Found ≥ limit, and time alone brings it there.
    Wait,
}

/// One limit and what it met.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gate {
    /// Which.
    pub code: RiskCode,
    /// The policy's key, or what it asks where no key says.
    pub key: &'static str,
    /// The unit of its numbers.
    pub unit: Unit,
    /// How they must lie.
    pub sense: Sense,
    /// The limit.
    pub limit: Option<f64>,
    /// What was found; of a limit on size, what it would become with all that was proposed.
    pub found: Option<f64>,
    /// Of a limit on size: what it leaves, quote units without fees. A size is cut to the least of
    /// these; one that leaves less than the smallest order does not pass.
    pub leaves: Option<f64>,
    /// Whether it lets the proposal through.
    pub passed: bool,
}

/// The nearest change that would let a proposal through a gate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearest {
    /// None is needed.
    Passes,
    /// So many more seconds.
    Wait(f64),
    /// The number found at this value, or the key at what was found.
    At(f64),
    /// The number is missing, or there is none: what the gate asks for has to happen.
    Happen,
}

impl Gate {
    /// How far the number found is from the limit, in the gate's unit: 0 or more when it passes.
    /// None where one of them is missing.
    pub fn margin(&self) -> Option<f64> {
        let (limit, found) = self.limit.zip(self.found)?;
        match self.sense {
            Sense::Must => None,
            Sense::AtMost => Some(limit - found),
            Sense::Below => Some(limit - found - 1.0),
            Sense::AtLeast | Sense::Wait => Some(found - limit),
        }
    }

    /// The nearest change that would let it pass.
    pub fn nearest(&self) -> Nearest {
        if self.passed {
            return Nearest::Passes;
        }
        let (Some(limit), Some(margin)) = (self.limit, self.margin()) else {
            return Nearest::Happen;
        };
        match (self.sense, self.unit) {
            (Sense::Wait, Unit::Minutes) => Nearest::Wait(-60.0 * margin),
            (Sense::Wait, _) => Nearest::Wait(-margin),
            (Sense::Below, _) => Nearest::At(limit - 1.0),
            _ => Nearest::At(limit),
        }
    }

    pub(crate) const fn reason(&self) -> Reason {
        Reason { code: self.code, limit: self.limit, found: self.found }
    }
}

/// Every gate that a proposal meets, in the order in which it meets them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ladder {
    /// Whose.
    pub proposal: ProposalId,
    /// What is traded.
    pub product: ProductId,
    /// Which way.
    pub side: Side,
    /// Exactly what [`crate::assess`] asked.
    pub gates: Vec<Gate>,
    /// What was approved, quote units without fees; none when it was refused.
    pub approved: Option<f64>,
}

/// Who listens while a proposal is judged: a verdict needs what fails, a ladder all of it.
#[derive(Debug)]
pub(crate) enum Notes<'n> {
    Reasons(&'n mut Vec<Reason>),
    Gates(&'n mut Vec<Gate>),
}

impl Notes<'_> {
    /// Tells of a gate; its numbers are made only when somebody wants them.
    #[inline]
    pub(crate) fn tell(&mut self, passed: bool, gate: impl FnOnce() -> Gate) {
        #[cfg(feature = "planted")]
        let (passed, gate) = {
            let gate = gate();
            (passed || domain::planted::ignores(gate.code), move || gate)
        };
        match self {
            Self::Reasons(_) if passed => {}
            Self::Reasons(reasons) => reasons.push(gate().reason()),
            Self::Gates(gates) => gates.push(Gate { passed, ..gate() }),
        }
    }

    /// A gate without numbers.
    #[inline]
    pub(crate) fn must(&mut self, passed: bool, code: RiskCode, key: &'static str) {
        self.tell(passed, || Gate {
            code,
            key,
            unit: Unit::None,
            sense: Sense::Must,
            limit: None,
            found: None,
            leaves: None,
            passed,
        });
    }

    /// Something that a gate needs is missing.
    pub(crate) fn missing(&mut self, what: &'static str) {
        self.must(false, RiskCode::DataUnavailable, what);
    }

    /// Whether everything passed so far.
    pub(crate) fn all_passed(&self) -> bool {
        match self {
            Self::Reasons(reasons) => reasons.is_empty(),
            Self::Gates(gates) => gates.iter().all(|gate| gate.passed),
        }
    }

    pub(crate) const fn is_ladder(&self) -> bool {
        matches!(self, Self::Gates(_))
    }
}

impl Gate {
    /// A number that may not be above its limit.
    pub(crate) const fn at_most(code: RiskCode, key: &'static str, limit: f64, found: f64) -> Self {
        let (limit, found) = (Some(limit), Some(found));
        let (unit, sense) = (Unit::None, Sense::AtMost);
        Self { code, key, unit, sense, limit, found, leaves: None, passed: false }
    }

    /// A number that may not be below its limit.
    pub(crate) const fn at_least(
        code: RiskCode,
        key: &'static str,
        limit: f64,
        found: f64,
    ) -> Self {
        Self { sense: Sense::AtLeast, ..Self::at_most(code, key, limit, found) }
    }

    /// A span that must have passed; what was found is for the caller to say.
    pub(crate) const fn wait(code: RiskCode, key: &'static str, unit: Unit, limit: f64) -> Self {
        let (limit, sense) = (Some(limit), Sense::Wait);
        Self { code, key, unit, sense, limit, found: None, leaves: None, passed: false }
    }
}
