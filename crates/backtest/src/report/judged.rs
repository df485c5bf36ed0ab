//! What the independent checker found, as far as a report tells it. The caller runs the checker.

use serde::Serialize;

/// What was checked, and how close it came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Judged {
    /// Facts that were read.
    pub facts: u64,
    /// Approvals that were judged.
    pub grants: u64,
    /// Orders that were judged.
    pub intents: u64,
    /// How often something did not hold.
    pub violations: u64,
    /// Check by check, the one that came closest first.
    pub limits: Vec<LimitUse>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitUse {
    /// Its name.
    pub limit: String,
    /// How often it was checked.
    pub checked: u64,
    /// How often it did not hold.
    pub violations: u64,
    /// The most of the limit that was used, hundredths of a percent of it; none for what has no size.
    pub worst_use_bps: Option<u64>,
}

impl Judged {
    /// With the limits in the order in which they are told.
    pub fn sorted(mut self) -> Self {
        self.limits.sort_by(|a, b| {
            b.worst_use_bps.cmp(&a.worst_use_bps).then_with(|| a.limit.cmp(&b.limit))
        });
        self
    }
}
