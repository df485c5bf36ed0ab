//! The first command of the README does the real job, the same on every run.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use serde_json::Value;
use system_tests::Home;

#[test]
fn the_first_command_decides_on_the_seeded_market() {
    let home = Home::shipped().unwrap();
    let outcome = home.run(&[]);
    assert_eq!((outcome.code, outcome.error.as_str()), (0, ""));
    assert_eq!(outcome.out.lines().count(), 1, "one JSON object on one line");
    let summary = outcome.summary().unwrap();
    assert_eq!(summary["venue"], "simulated");
    assert_eq!(summary["mode"], "DRY_RUN");
    assert!(summary["universe_size"].as_u64().unwrap() >= 10);
}

#[test]
fn the_summary_has_every_field_that_users_know() {
    let summary = Home::shipped().unwrap().run(&[]).summary().unwrap();
    for field in [
        "schema",
        "status",
        "mode",
        "venue",
        "cycle_id",
        "as_of",
        "config_hash",
        "regime",
        "universe_size",
        "triggers_detected",
        "triggers",
        "proposals_generated",
        "proposals_approved",
        "base_trades",
        "rejections",
        "orders",
        "fills",
        "exits",
        "portfolio",
        "no_trade_reason",
    ] {
        assert!(summary.get(field).is_some(), "{field} is missing");
    }
    for trigger in summary["triggers"].as_array().unwrap() {
        for field in ["symbol", "kind", "strength", "confidence", "reason", "evidence"] {
            assert!(!trigger[field].is_null(), "{field} is missing in {trigger}");
        }
    }
    for trade in summary["base_trades"].as_array().unwrap() {
        for field in [
            "symbol",
            "side",
            "size_pct",
            "confidence",
            "conviction",
            "reason",
            "stop_loss_pct",
            "take_profit_pct",
            "max_hold_hours",
        ] {
            assert!(!trade[field].is_null(), "{field} is missing in {trade}");
        }
    }
}

#[test]
fn two_runs_in_two_places_print_the_same() {
    let (one, two) = (Home::shipped().unwrap(), Home::shipped().unwrap());
    let first = one.run(&[]).summary().unwrap();
    assert_eq!(first, two.run(&[]).summary().unwrap(), "another place");
    assert_eq!(first, one.run(&["run", "--once"]).summary().unwrap(), "again, with records there");
}

#[test]
fn another_seed_or_moment_is_another_cycle() {
    let home = Home::shipped().unwrap();
    let id = |words: &[&str]| home.run(words).summary().unwrap()["cycle_id"].clone();
    let ids = [
        id(&[]),
        id(&["--seed", "7"]),
        id(&["--as-of", "2026-01-05T13:00:00Z"]),
        id(&["--seed", "7", "--as-of", "2026-01-05T13:00:00Z"]),
    ];
    for (at, one) in ids.iter().enumerate() {
        assert!(!ids[at + 1..].contains(one), "{one} twice");
    }
}

#[test]
fn the_configuration_hash_knows_values_and_not_places_or_comments() {
    let hash = |home: &Home| home.run(&[]).summary().unwrap()["config_hash"].clone();
    let shipped = hash(&Home::shipped().unwrap());
    let commented = Home::shipped().unwrap();
    commented.edit("policy.yaml", "control:", "# a remark\ncontrol:").unwrap();
    assert_eq!(hash(&commented), shipped);
    let changed = Home::shipped().unwrap();
    changed.edit("policy.yaml", "max_total_pct: 15", "max_total_pct: 14").unwrap();
    assert_ne!(hash(&changed), shipped);
}

#[test]
fn every_regime_and_status_is_a_word_of_its_set() {
    let home = Home::shipped().unwrap();
    for seed in 1..=12 {
        let summary = home.run(&["--seed", &seed.to_string()]).summary().unwrap();
        let word = |field: &str| summary[field].as_str().unwrap().to_owned();
        assert!(["bull", "chop", "bear", "crash", "unknown"].contains(&word("regime").as_str()));
        let statuses = ["APPROVED_DRY_RUN", "NO_TRADE", "NO_OPPORTUNITIES"];
        assert!(statuses.contains(&word("status").as_str()), "{}", word("status"));
        let approved = summary["proposals_approved"].as_u64().unwrap();
        assert_eq!(approved > 0, word("status") == "APPROVED_DRY_RUN");
        assert_eq!(summary["no_trade_reason"] == Value::Null, approved > 0);
    }
}
