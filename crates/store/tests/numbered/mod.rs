//! Records whose facts are told apart by a number.

use domain::{AccountId, Fact, Latch, Mode, Timestamp};
use store::Scope;

pub(crate) fn scope() -> Scope {
    let account = AccountId("a".to_owned());
    Scope { mode: Mode::DryRun, venue: "simulated".to_owned(), account }
}

pub(crate) fn fact(n: i64) -> Fact {
    let at = Timestamp::from_secs(n);
    Fact::Latched { at, latch: Latch::Kill, reason: format!("number {n}") }
}
