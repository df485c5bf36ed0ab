//! What the policy says: yes or no to each proposal, and why not.

use domain::{Proposal, RiskCode};

use crate::ApprovedOrder;

/// A partition of the proposals: each is in one of the two lists, once.
#[derive(Debug, Default, PartialEq)]
pub struct Verdict {
    /// What may be done, exits first, then entries in the order in which they were judged.
    pub approved: Vec<ApprovedOrder>,
    /// What may not, in the same order.
    pub rejected: Vec<Rejected>,
}

/// A proposal that was refused, with every reason that applies; there is at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// As it was made.
    pub proposal: Proposal,
    /// Never empty.
    pub reasons: Vec<Reason>,
}

/// One limit and what it met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Which limit.
    pub code: RiskCode,
    /// The limit in the unit of its key: percent, basis points, dollars, seconds or a count.
    pub limit: Option<f64>,
    /// What was found (for a cap, what it would become), in the same unit.
    pub found: Option<f64>,
}

impl Reason {
    /// A reason without numbers.
    pub(crate) const fn plain(code: RiskCode) -> Self {
        Self { code, limit: None, found: None }
    }
}
