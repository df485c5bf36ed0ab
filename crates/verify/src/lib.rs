//! The independent checker of the facts: raw facts in, violations out.
//!
//! [`Verifier`] reads a journal from its first fact and asks of every grant and every order whether
//! it was allowed: by the policy's own text, on the account, the positions and the market that are
//! on record. It shares no arithmetic and no fold with what decides: numbers are integers of 10⁻¹⁸
//! with products in 256 bits, and from [`domain`] it takes ids and parsing alone.
//!
//! ```
//! use domain::{Fact, IntentId, OrderEnd, BaseQty, Timestamp};
//! use verify::{Check, verify};
//!
//! let end = OrderEnd { at: Timestamp::from_secs(0), intent: IntentId(7), filled: BaseQty::ZERO, how: None };
//! let report = verify([&Fact::OrderEnd(end)], None);
//! assert!(!report.is_clean());
//! assert_eq!(report.violations[0].check, Check::Fill);
//! assert_eq!(report.violations[0].what, "its intent is not on record");
//! ```
//!
//! # Promises
//! - A fact that is missing for a check is a violation of that check, never a pass.
//! - R-01 to R-08, R-12, O-02, O-11, L-01 hold in a journal that is found clean, as far as the
//!   journal tells the truth about the market and the account.
//! - Amounts are compared exactly to 10⁻¹⁸, where the digits behind are cut.
//!
//! # Not here
//! Whether the journal was tampered with (`store` recomputes its chain). Whether the venue agrees
//! (reconciliation). What should have been traded.

mod cash;
mod check;
mod flows;
mod fold;
mod lots;
mod num;
mod policy;
mod references;
mod report;
mod world;

pub use fold::{Verifier, verify};
pub use report::{Check, Report, Tally, Violation};
