//! What becomes of proposals: approved or rejected, nothing else.

use domain::{Proposal, RiskCode};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::ApprovedOrder;

/// A partition of the proposals.
#[derive(Debug, Default)]
pub struct Verdict {
    /// In the order in which they were judged: highest conviction first.
    pub approved: Vec<ApprovedOrder>,
    /// The others, each with every reason that applies.
    pub rejected: Vec<Rejected>,
}

/// A proposal that may not become an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// The proposal.
    pub proposal: Proposal,
    /// Why not; never empty.
    pub reasons: Vec<Reason>,
}

/// One reason, with the limit and what met it, in the unit of the limit's name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The word.
    pub code: RiskCode,
    /// The limit, when there is one.
    pub limit: Option<f64>,
    /// What was found, when it is a number.
    pub found: Option<f64>,
}

impl From<RiskCode> for Reason {
    fn from(code: RiskCode) -> Self {
        Self { code, limit: None, found: None }
    }
}

/// A number for people: an exact limit or amount as a signal.
pub(crate) fn shown(value: Decimal) -> Option<f64> {
    value.to_f64()
}

/// A reason with its numbers.
pub(crate) fn because(code: RiskCode, limit: impl Into<f64>, found: impl Into<f64>) -> Reason {
    Reason { code, limit: Some(limit.into()), found: Some(found.into()) }
}
