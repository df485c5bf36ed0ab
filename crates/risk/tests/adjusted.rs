//! A fill that the venue takes back or replaces is no longer at stake.
#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "tests")]

mod common;

use common::{asset, fill, order, qty};
use domain::{Fact, Fill, FillKind, Side, Timestamp};
use risk::{Counters, Exposure};

const AT: Timestamp = Timestamp::from_secs(1_767_571_200);

fn entry(kind: FillKind, name: &str, qty: &str) -> Fact {
    match fill(name, 1, Side::Buy, "BTC-USD", qty, "100", AT) {
        Fact::Fill(fill) => Fact::Fill(Fill { kind, trade_id: Some("t".to_owned()), ..fill }),
        other => other,
    }
}

#[test]
fn positions_follow_reversals_and_corrections() {
    let buy = || entry(FillKind::Fill, "a", "2");
    let back = || entry(FillKind::Reversal, "b", "2");
    let less = || entry(FillKind::Correction, "c", "0.5");
    // What the venue told, and what is held then.
    let cases: [(Vec<Fact>, &str); 6] = [
        (vec![buy()], "2"),
        (vec![buy(), back()], "0"),
        (vec![buy(), less()], "0.5"),
        (vec![buy(), back(), less()], "0.5"),
        (vec![buy(), less(), less(), back()], "0"),
        (vec![back()], "0"),
    ];
    for (told, held) in cases {
        let sent = order(1, Side::Buy, "BTC-USD", "2", "100", AT);
        let facts: Vec<_> = [sent].into_iter().chain(told).collect();
        let exposure = Exposure::of(&facts).unwrap();
        assert_eq!(exposure.position(&asset("BTC")), qty(held), "{facts:?}");
        assert_eq!(exposure, exposure.recounted());
        let _counted = Counters::of(&facts);
    }
}
