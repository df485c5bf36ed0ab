//! The records answer for themselves: verify, replay, why, policy diff; and the gate for others.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use system_tests::Home;

/// 200 cycles of half an hour, over which seed 7 proposes and approves.
fn looped() -> Home {
    let home = Home::shipped().unwrap();
    let words = ["run", "--loop", "--interval", "30", "--speed", "max", "--cycles", "200"];
    let done = home.run(&[&words[..], &["--seed", "7"]].concat());
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    home
}

fn json(home: &Home, words: &[&str]) -> (u8, Value) {
    let done = home.run(&[words, &["--format", "json"]].concat());
    assert_eq!(done.error, "");
    (done.code, serde_json::from_str(&done.out).unwrap())
}

#[test]
fn recorded_cycles_judged_again_give_the_identical_verdict_and_break_no_limit() {
    let home = looped();
    let (code, replayed) = json(&home, &["replay", "--verify"]);
    let judged = replayed["judged"].as_u64().unwrap();
    assert!(judged >= 20, "{replayed}");
    assert_eq!((code, &replayed["identical"]), (0, &judged.into()), "{replayed}");
    assert_eq!(judged + replayed["nothing_to_judge"].as_u64().unwrap(), 200);

    let (code, verified) = json(&home, &["verify"]);
    assert_eq!((code, &verified["clean"]), (0, &true.into()), "{verified}");
    assert!(verified["report"]["grants"].as_u64().unwrap() >= 3, "{verified}");
    assert_eq!(verified["report"]["checks"]["nav"]["checked"], 200);
    let table = home.run(&["verify"]).out;
    assert!(table.contains("no violations") && table.contains("position_cap"), "{table}");
}

#[test]
fn a_once_and_a_restart_are_judged_apart() {
    let home = looped();
    assert_eq!(
        home.run(&["run", "--once", "--seed", "7", "--as-of", "2026-01-06T13:00:00Z"]).code,
        0
    );
    let words = ["run", "--loop", "--interval", "30", "--speed", "max", "--cycles", "20"];
    assert_eq!(home.run(&[&words[..], &["--seed", "7"]].concat()).code, 0);
    let (code, replayed) = json(&home, &["replay", "--verify"]);
    assert_eq!((code, &replayed["different"]), (0, &Value::Array(Vec::new())));
    assert_eq!(json(&home, &["verify"]).0, 0);
}

/// A cycle in which something was proposed, and its product.
fn proposed(home: &Home) -> (String, String, String) {
    let account = domain::AccountId("seed-7".to_owned());
    let scope = store::Scope { mode: domain::Mode::DryRun, venue: "simulated".to_owned(), account };
    let records = store::Records::read(&home.data(), &scope).unwrap();
    let mut found = None;
    records
        .each_cycle(|kept| {
            if let Some(trade) = kept.record.base_trades.first() {
                let entry = &trade.entry;
                let (at, id) = (kept.record.as_of.to_string(), entry.trigger.id.to_string());
                found = Some((entry.product.to_string(), at, id));
            }
        })
        .unwrap();
    found.unwrap()
}

#[test]
fn why_tells_every_gate_of_a_product_and_of_an_order() {
    let home = looped();
    let (product, at, proposal) = proposed(&home);
    let (_, why) = json(&home, &["why", &product, "--at", &at]);
    assert_eq!(why["configuration_differs"], false, "{why}");
    let gates = why["gates"].as_array().unwrap();
    let position = gates.iter().find(|gate| gate["gate"] == "position_cap").unwrap();
    assert!(position["margin"].as_f64().unwrap() >= 0.0, "{position}");
    assert!(gates.iter().filter(|gate| gate["stage"] == "risk").all(|gate| gate["passed"] == true));
    assert!(why["approved_usd"].as_f64().unwrap() > 0.0);
    let (_, order) = json(&home, &["why", "order", &proposal]);
    assert_eq!(order["proposal"], proposal.as_str());
    assert!(!order["ladder"]["gates"].as_array().unwrap().is_empty());
    let table = home.run(&["why", &product, "--at", &at]).out;
    assert!(table.contains("would pass") && table.contains("approved for $"), "{table}");

    let (_, quiet) = json(&home, &["why", "--quiet", "24h"]);
    assert_eq!(quiet["cycles"], 49);
    assert!(quiet["blocked"].as_array().unwrap().iter().any(|row| row["stage"] == "universe"));
    for (words, says) in [
        (&["why", "btc"][..], "BTC-USD"),
        (&["why", "order", "12"], "no order 12"),
        (&["why", "a", "b"], "say a product"),
    ] {
        let refused = home.run(words);
        assert!(refused.code != 0 && refused.error.contains(says), "{words:?}: {}", refused.error);
    }
}

#[test]
fn a_stricter_policy_removes_and_cuts_and_says_from_when_on_it_is_guessing() {
    let home = looped();
    let text = fs::read_to_string(home.config().join("policy.yaml")).unwrap();
    let file = home.path("new.yaml");
    let new = text
        .replace("trades_per_day: 10", "trades_per_day: 9")
        .replace("max_position_pct: 5", "max_position_pct: 0.5")
        .replace("spacing_secs: 120", "spacing_secs: 60");
    fs::write(&file, new).unwrap();
    let file = file.display().to_string();
    let (code, diff) = json(&home, &["policy", "diff", &file]);
    assert_eq!(code, 0);
    let keys: Vec<_> = diff["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["key"].as_str().unwrap(), row["direction"].as_str().unwrap()))
        .collect();
    assert!(keys.contains(&("caps.max_position_pct", "tighter")), "{keys:?}");
    assert!(keys.contains(&("pacing.spacing_secs", "looser")), "{keys:?}");
    let differs = diff["difference"]["differs"].as_array().unwrap();
    assert!(differs.iter().any(|row| row["change"] == "resized"), "{diff}");
    assert_eq!(diff["path_ends"], differs[0]["as_of"]);
    let table = home.run(&["policy", "diff", &file]).out;
    assert!(table.contains("loosens") && table.contains("The counterfactual ends at"), "{table}");

    let own = home.config().join("policy.yaml").display().to_string();
    let (_, same) = json(&home, &["policy", "diff", &own]);
    assert_eq!(same["keys"], Value::Array(Vec::new()));
    assert_eq!(same["difference"]["differs"], Value::Array(Vec::new()));
    fs::write(
        home.path("broken.yaml"),
        text.replace("max_position_pct: 5", "max_position_pct: 99"),
    )
    .unwrap();
    let broken = home.path("broken.yaml").display().to_string();
    let refused = home.run(&["policy", "diff", &broken]);
    assert_eq!(refused.code, 4);
    assert!(refused.error.contains("broken.yaml") && refused.error.contains("max_position_pct"));
}

#[test]
fn the_gate_judges_the_example_and_names_what_it_cannot_read() {
    let home = Home::shipped().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/gate.json");
    let text = fs::read_to_string(&example).unwrap();
    let judged = |text: &str| {
        let file = home.path("orders.json");
        fs::write(&file, text).unwrap();
        home.run_alone(&["gate", &file.display().to_string()])
    };
    let done = judged(&text);
    assert_eq!((done.code, done.error.as_str()), (0, ""));
    let verdict: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(verdict["approved"][0]["id"], "link-1");
    assert_eq!(verdict["approved"][0]["max_notional"], "140");
    let refused = &verdict["rejected"][0];
    assert_eq!(refused["id"], "link-2");
    let codes: Vec<_> = refused["reasons"].as_array().unwrap().iter().map(|r| &r["code"]).collect();
    assert!(codes.contains(&&Value::from("min_conviction")), "{codes:?}");
    for (from, to, says) in [
        ("\"schema\": 1", "\"schema\": 2", "schema is 2"),
        ("\"nav_usd\"", "\"nav\"", "unknown field `nav`"),
        ("\"size_pct\": \"1.4\"", "\"size_pct\": \"-1\"", "line"),
        ("\"link-2\"", "\"link-1\"", "is there twice"),
        ("\"policy\": null", "\"policy\": {}", "missing field"),
    ] {
        let refused = judged(&text.replacen(from, to, 1));
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{to}");
        assert!(refused.error.contains(says), "{to}: {}", refused.error);
    }
    let blind = judged(&text.replacen("\"nav_usd\": \"10000\"", "\"nav_usd\": null", 1));
    let verdict: Value = serde_json::from_str(&blind.out).unwrap();
    assert_eq!(verdict["approved"], Value::Array(Vec::new()));
}
