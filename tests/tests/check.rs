//! `runner check` tells whether the configuration is sound, and what it leaves to an account.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use serde_json::Value;
use system_tests::Home;

fn told(home: &Home, words: &[&str]) -> Value {
    let outcome = home.run(&[&["check", "--format", "json"], words].concat());
    assert_eq!((outcome.code, outcome.error.as_str()), (0, ""));
    serde_json::from_str(&outcome.out).unwrap()
}

/// The row of an account's tier in a regime.
fn row<'a>(told: &'a Value, nav: &str, tier: &str, regime: &str) -> &'a Value {
    let rows = told["feasibility"]["bands"].as_array().unwrap();
    let found = rows
        .iter()
        .find(|row| row["nav_usd"] == nav && row["tier"] == tier && row["regime"] == regime);
    found.unwrap()
}

#[test]
fn four_ticks_and_the_tables() {
    let outcome = Home::shipped().unwrap().run(&["check"]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    let ticks = outcome.out.lines().filter(|line| line.starts_with("✓ ")).count();
    assert_eq!(ticks, 4);
    for text in ["$255.00 ", "$100,000.00 ", "494.07 position_cap", "1,000.00 order_too_large"] {
        assert!(outcome.out.contains(text), "no {text:?} in\n{}", outcome.out);
    }
    let longest = outcome.out.lines().map(|line| line.trim_end().chars().count()).max().unwrap();
    assert!(longest <= 110, "{longest} columns");
}

#[test]
fn the_binding_limit_is_named_or_the_rule_that_asks_for_most() {
    let told = told(&Home::shipped().unwrap(), &[]);
    let legal = |nav, tier, regime| row(&told, nav, tier, regime)["legal_usd"].clone();
    let limit = |nav, tier, regime| row(&told, nav, tier, regime)["because"][0]["limit"].clone();
    // 5 % of the NAV at a worst fee of 1.2 %.
    assert_eq!(legal("10000", "T1", "bull"), serde_json::json!(["1", "494.07"]));
    assert_eq!(limit("10000", "T1", "bull"), "position_cap");
    // 3 % × 1.2 of a breakout × 0.8 in chop.
    assert_eq!(legal("10000", "T2", "chop"), serde_json::json!(["1", "288"]));
    assert_eq!(limit("10000", "T2", "chop"), "breakout");
    assert_eq!(limit("100000", "T1", "bear"), "order_too_large");
    assert_eq!(limit("1000", "T3", "bear"), "regime factor 0");
    assert_eq!(legal("1000", "T1", "crash"), Value::Null);
}

#[test]
fn an_account_that_is_too_small_is_told_every_reason() {
    let told = told(&Home::shipped().unwrap(), &["--nav", "15"]);
    let limits = |tier| -> Vec<Value> {
        let row = row(&told, "15", tier, "chop");
        assert_eq!(row["legal_usd"], Value::Null);
        row["because"].as_array().unwrap().iter().map(|why| why["limit"].clone()).collect()
    };
    // 5 % of 15 is 0.75; a breakout asks for 5 % × 1.2, and full confidence, of it.
    assert_eq!(limits("T1"), ["position_cap", "breakout"]);
    // XRP and XLM are of no cluster.
    assert_eq!(limits("T2"), ["position_cap", "cluster_cap", "breakout"]);
}

#[test]
fn fees_ask_every_rule_for_a_rise_and_a_share_of_wins() {
    let home = Home::shipped().unwrap();
    let rules = told(&home, &[])["feasibility"]["rules"].clone();
    let row = |rules: &Value, name: &str| -> Value {
        rules.as_array().unwrap().iter().find(|row| row["rule"] == name).unwrap().clone()
    };
    let momentum = row(&rules, "momentum");
    assert_eq!(momentum["break_even_pct"], 1.8219);
    assert_eq!(momentum["wins_needed_pct"], 42.7);
    assert_eq!(row(&rules, "price_move_bounce")["acts"], false);
    home.edit("strategy.yaml", "target_pct: 12", "target_pct: 1.5").unwrap();
    home.edit("policy.yaml", "target_min_pct: 2", "target_min_pct: 1").unwrap();
    let outcome = home.run(&["check"]);
    assert!(outcome.out.contains("cannot win"), "{}\n{}", outcome.out, outcome.error);
}

#[test]
fn a_broken_file_gets_a_cross_and_the_others_their_tick() {
    let home = Home::shipped().unwrap();
    home.edit("policy.yaml", "max_total_pct: 15", "max_total_pct: 99").unwrap();
    let outcome = home.run(&["check"]);
    assert_eq!(outcome.code, 4);
    let lines: Vec<_> = outcome.out.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("✓ ") && lines[0].ends_with("app.yaml valid"), "{lines:?}");
    assert!(lines[1].starts_with("✗ ") && lines[1].ends_with("policy.yaml: 1 problem"));
    assert!(outcome.error.contains("max_total_pct"), "{}", outcome.error);
}

#[test]
fn an_account_that_cannot_be_is_wrong_usage() {
    let home = Home::shipped().unwrap();
    for nav in ["0", "-5", "many"] {
        assert_eq!(home.run(&["check", &format!("--nav={nav}")]).code, 2, "{nav}");
    }
}
