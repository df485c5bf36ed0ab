//! `--venue coinbase` against the served venue: what it decides on, whose money it sees, and that it
//! never asks for more than it may.

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::served::{self, ALL, ED25519, HMAC, Served, TRADER, json, text};

const ONCE: [&str; 4] = ["run", "--once", "--venue", "coinbase"];
const FILE: &str = "CB_API_SECRET_FILE";

#[test]
fn without_a_key_it_decides_on_public_data_with_the_configured_cash() {
    let venue = Served::new(|config| config);
    let outcome = venue.run(&ONCE, &[]);
    assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
    let summary = json(&outcome);
    assert_eq!(summary["venue"], "coinbase");
    assert_eq!(summary["mode"], "DRY_RUN");
    assert_eq!(summary["portfolio"]["nav_source"], "configured");
    assert_eq!(summary["portfolio"]["nav_usd"], "10000.00");
    assert!(summary["universe_size"].as_u64().unwrap() >= 5, "{summary}");
    assert_ne!(summary["regime"], "unknown", "two weeks of hours were read");
    for (method, path) in venue.asked() {
        assert_eq!(method, "GET", "{path}");
        let public = path.contains("/market/") || path.ends_with("/time");
        assert!(public, "{path} needs a key");
    }
    let port = venue.server.http().unwrap().port();
    let records = format!("data/dry-run/coinbase/rehearsal-{port}/trader.db");
    assert!(venue.home.path().join(records).is_file());
    let status = venue.run(&["status", "--venue", "coinbase", "--format", "json"], &[]);
    assert_eq!(json(&status)["venue"], "coinbase");
}

#[test]
fn with_a_key_it_sees_the_account_and_never_asks_for_an_order() {
    let venue = Served::new(|config| config);
    for key in [TRADER, ED25519, HMAC] {
        let file = venue.key(key);
        let outcome = if key == HMAC {
            let issued = &venue.server.keys()[0][HMAC];
            let (name, secret) = (Path::new(&issued.name), Path::new(&issued.secret));
            let env = [("COINBASE_API_KEY", name), ("COINBASE_API_SECRET", secret)];
            venue.run(&ONCE, &env)
        } else {
            venue.run(&ONCE, &[(FILE, &file)])
        };
        assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
        let summary = json(&outcome);
        assert_eq!(summary["portfolio"]["nav_source"], "account");
        assert_eq!(summary["portfolio"]["purses"]["USD"]["available"], "1500");
        assert_eq!(summary["portfolio"]["purses"]["USDC"]["available"], "250");
    }
    let asked = venue.asked();
    assert!(asked.iter().all(|(method, _)| method == "GET"), "{asked:?}");
    assert!(asked.iter().all(|(_, path)| !path.contains("/orders")), "{asked:?}");
}

#[test]
fn a_loop_goes_on_cycle_by_cycle_and_from_its_records() {
    let venue = Served::new(|config| config);
    let words = ["run", "--loop", "--venue", "coinbase", "--interval", "0.02", "--cycles", "3"];
    venue.jitter();
    let first = venue.run(&words, &[]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let lines = text(&first.stdout);
    let cycles: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cycles.len(), 3);
    assert!(cycles.windows(2).all(|two| two[0]["as_of"].as_str() < two[1]["as_of"].as_str()));
    let again = venue.run(&words, &[]);
    let last = text(&again.stdout);
    let last: serde_json::Value = serde_json::from_str(last.lines().next().unwrap()).unwrap();
    assert_eq!(last["cycle"], 4, "it goes on");
}

#[test]
fn a_key_that_can_transfer_or_that_the_venue_refuses_ends_it_before_anything_else() {
    let venue = Served::new(|config| config);
    let transfer = venue.run(&ONCE, &[(FILE, &venue.key(ALL))]);
    assert_eq!(transfer.status.code(), Some(6));
    assert!(text(&transfer.stderr).contains("can transfer money away"), "{transfer:?}");
    let stranger = Served::new(|config| config);
    let refused = venue.run(&ONCE, &[(FILE, &stranger.key(TRADER))]);
    assert_eq!(refused.status.code(), Some(6));
    assert!(text(&refused.stderr).contains("refuses the key"), "{refused:?}");
    let none = venue.run(&ONCE, &[(FILE, Path::new("/nowhere/key.json"))]);
    assert_eq!(none.status.code(), Some(4));
    assert!(text(&none.stderr).contains("/nowhere/key.json"), "{none:?}");
    assert!(!venue.home.path().join("data").exists(), "nothing was put on record");
}

#[test]
fn a_venue_that_is_not_there_is_code_5_in_time_and_says_what_was_tried() {
    let home = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    served::configure(home.path(), port);
    let began = Instant::now();
    let outcome = served::run(home.path(), &ONCE, &[]);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(outcome.status.code(), Some(5), "{}", text(&outcome.stderr));
    let said = text(&outcome.stderr);
    for part in [&format!("127.0.0.1:{port}"), "/api/v3/brokerage/time", "refused", "doctor"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(text(&outcome.stdout), "");
}

#[test]
fn what_only_the_simulated_venue_has_is_wrong_usage() {
    let home = tempfile::tempdir().unwrap();
    served::configure(home.path(), 9);
    for words in [&["--seed", "7"][..], &["--data", "d"], &["--as-of", "2026-01-05T12:00:00Z"]] {
        let words: Vec<&str> = ONCE.iter().chain(words).copied().collect();
        let outcome = served::run(home.path(), &words, &[]);
        assert_eq!(outcome.status.code(), Some(2), "{words:?}");
        assert!(text(&outcome.stderr).contains("only the simulated venue"), "{outcome:?}");
    }
}
