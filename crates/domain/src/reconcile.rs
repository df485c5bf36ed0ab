//! What the comparison of the records with the venue found.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::code::codes;

/// How bad a finding is. Ordered: later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Good to know.
    Info,
    /// No entries until it is gone.
    Degraded,
    /// Nothing but a flatten until a person resumes.
    Halt,
}

codes!(
    /// What the comparison of the records with the venue can find.
    FindingCode {
        MissingFill "missing_fill" "A fill of an own order was not on record yet; it is booked.",
        OpenOrder "open_order" "An own order is open, as is known.",
        Reward "reward" "A small increase, booked as income.",
        ForeignOrder "foreign_order" "An order that is not on record.",
        ForeignFill "foreign_fill" "A fill of an order that is not on record.",
        ForeignCoins "foreign_coins" "Coins that the program did not buy.",
        UnknownOrder "unknown_order" "Nobody knows whether the venue has an own order.",
        StatusMismatch "status_mismatch" "The venue shows an own order otherwise than the records.",
        Reappeared "reappeared" "An own order that was taken for absent is at the venue.",
        BalanceBelowLedger "balance_below_ledger" "The venue holds less than the records say.",
        UnexplainedIncrease "unexplained_increase" "The venue holds more than the records say.",
        UnexplainedDecrease "unexplained_decrease" "Money is missing that nothing explains.",
        NegativeLot "negative_lot" "More was sold than was bought.",
        Incomplete "incomplete" "The venue could not be read completely.",
        WrongAccount "wrong_account" "The venue shows another account, or none that can be read.",
    }
);

impl Grade {
    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Degraded => "degraded",
            Self::Halt => "halt",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How bad.
    pub grade: Grade,
    /// What.
    pub code: FindingCode,
    /// About which order, fill or asset.
    pub subject: String,
    /// What the venue shows.
    pub found: String,
    /// What the records say.
    pub expected: String,
}

/// A comparison of the records with the venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciledFact {
    /// When the venue was asked.
    pub at: Timestamp,
    /// Whether everything that was asked for could be read.
    pub complete: bool,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl ReconciledFact {
    /// The worst grade; `None` when nothing was found.
    pub fn grade(&self) -> Option<Grade> {
        self.findings.iter().map(|finding| finding.grade).max()
    }

    /// Whether it was complete and found nothing above [`Grade::Info`]: entries may begin.
    pub fn is_clean(&self) -> bool {
        self.complete && self.grade() <= Some(Grade::Info)
    }
}
