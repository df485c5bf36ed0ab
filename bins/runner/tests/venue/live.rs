//! LIVE, rehearsed against the served venue: every gate by itself, then real orders, a kill, a
//! `kill -9`, and the venue's truth afterwards.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::rehearsal::{FILE, LIVE, Rehearsal, WORD, edit, open, signal, until, word};
use crate::served::{ALL, Served, TRADER, VIEWER, text};
use domain::Side;
use exchange_sim::spot::{Configuration, Draft, Fields, Kind, Status};
use serde_json::Value;

fn refused(venue: &Served, outcome: &Output, why: &str) {
    let said = text(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(6), "{said}");
    assert!(said.contains("no order was or will be sent") && said.contains(why), "{why}: {said}");
    assert!(venue.asked().iter().all(|(method, _)| method == "GET"), "something was sent");
}

#[test]
fn each_missing_gate_is_named_and_nothing_is_sent() {
    let gates = [
        ("read_only: true", "exchange.read_only"),
        ("live_trading_enabled: false", "control.live_trading_enabled"),
        ("live: false", "no rule has live: true"),
    ];
    for (shut, why) in gates {
        let venue = Served::new(|config| config);
        open(venue.home.path(), Some(shut));
        refused(&venue, &venue.run(&LIVE, &[(FILE, &venue.key(TRADER))]), why);
    }
    let venue = Served::new(|config| config);
    open(venue.home.path(), Some("venue: simulated"));
    refused(&venue, &venue.run(&LIVE, &[]), "takes no real orders");
}

#[test]
fn the_kill_switch_a_wrong_key_and_a_missing_word_each_refuse() {
    let venue = Served::new(|config| config);
    let home = venue.home.path();
    open(home, None);
    refused(&venue, &venue.run(&LIVE, &[]), "there is no key");
    refused(&venue, &venue.run(&LIVE, &[(FILE, &venue.key(VIEWER))]), "cannot trade");
    let transfers = venue.run(&LIVE, &[(FILE, &venue.key(ALL))]);
    assert_eq!(transfers.status.code(), Some(6));
    assert!(text(&transfers.stderr).contains("can transfer"), "{}", text(&transfers.stderr));
    let once = venue.run(&["run", "--once"], &[(FILE, &venue.key(TRADER))]);
    assert_eq!(once.status.code(), Some(6), "{}", text(&once.stderr));

    let bare = venue.run(&LIVE, &[(FILE, &venue.key(TRADER))]);
    refused(&venue, &bare, WORD);
    let shown = text(&bare.stderr);
    assert!(shown.contains("1500") && shown.contains("250"), "balances: {shown}");
    assert!(shown.contains("an order") && shown.contains("a day"), "limits: {shown}");
    let key = venue.key(TRADER);
    let wrong = venue.run(&LIVE, &[(FILE, &key), (WORD, Path::new("YES"))]);
    refused(&venue, &wrong, "another hash");

    fs::create_dir_all(home.join("data")).unwrap();
    fs::write(home.join("data/KILL_SWITCH"), "").unwrap();
    refused(&venue, &venue.run(&LIVE, &[(FILE, &key)]), "kill switch");
}

#[test]
fn the_word_for_one_configuration_is_none_for_another() {
    let venue = Served::new(|config| config);
    open(venue.home.path(), None);
    let word = word(&venue, TRADER);
    edit(venue.home.path(), ("policy.yaml", "max_order_usd: 1000", "max_order_usd: 900"));
    let key = venue.key(TRADER);
    let outcome = venue.run(&LIVE, &[(FILE, &key), (WORD, Path::new(&word))]);
    refused(&venue, &outcome, "another hash");
}

fn filled(line: &Value) -> bool {
    !line["portfolio"]["positions"].as_array().unwrap().is_empty()
}

#[test]
fn it_trades_survives_a_kill_9_and_sells_everything_when_told_to() {
    let rehearsal = Rehearsal::new(&[], None);
    let (mut child, mut reader) = rehearsal.start();
    let line = until(&mut reader, "an order", |line| {
        line["orders"].as_array().unwrap().iter().any(|order| order["outcome"] == "accepted")
    });
    assert_eq!(line["status"], "EXECUTED", "{line}");
    signal(&child, "-KILL");
    child.wait().unwrap();

    let (mut child, mut reader) = rehearsal.start();
    until(&mut reader, "a cycle after the restart", |line| line["status"] != "ERROR");
    let flatten = rehearsal.venue.run(&["flatten", "--reason", "rehearsal"], &[]);
    assert_eq!(flatten.status.code(), Some(0), "{}", text(&flatten.stderr));
    let last = until(&mut reader, "nothing left", |line| {
        let resting = rehearsal.json(&["status"])["open_orders"].as_u64();
        line["status"] == "HALTED" && !filled(line) && resting == Some(0)
    });
    assert_eq!(last["proposals_approved"], 0);
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill is latched");

    rehearsal.sent_once_and_true_to_the_policy();
}

#[test]
fn a_strangers_order_in_its_own_portfolio_halts_it_and_the_exit_code_says_so() {
    let rehearsal = Rehearsal::new(&[], None);
    rehearsal.venue.server.with(|venue| {
        let fields = Fields {
            base_size: Some("1".to_owned()),
            limit_price: Some("10".to_owned()),
            ..Fields::default()
        };
        let draft = Draft {
            client_order_id: "somebody".to_owned(),
            product_id: "LINK-USD".to_owned(),
            side: Some(Side::Buy),
            configurations: vec![Configuration { kind: Kind::LimitGtc, fields }],
            attached: None,
        };
        let no = venue.accounts()[0].no;
        venue.create(no, draft).unwrap().unwrap();
    });
    let (mut child, mut reader) = rehearsal.start();
    until(&mut reader, "a halt", |line| line["status"] == "HALTED");
    assert_eq!(rehearsal.json(&["status"])["latches"], Value::from(vec!["halt"]));
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(7));
    assert_eq!(rehearsal.at_venue().len(), 1, "the stranger's alone");
    assert_eq!(rehearsal.at_venue()[0].status, Status::Open, "and it is left alone");
}

/// The first order never reaches the venue, and nobody is told so.
#[test]
fn an_order_that_never_arrived_is_proved_absent_while_the_process_runs_on() {
    let lost = "version: 1\nscenarios:\n- name: first-post-lost\n  about: The first order is lost.\n  \
                rules:\n  - {on: {method: POST, path: /orders}, when: {nth: 1}, \
                fault: {kind: status_before, status: 503}}\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lost).unwrap();
    let scenario = exchange_sim_server::scenarios_in(file.path()).unwrap().remove(0);
    let soon = [
        ("app.yaml", "entry_expires_secs: 90", "entry_expires_secs: 15"),
        ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 2"),
        ("app.yaml", "listing_lag_bound_secs: 15", "listing_lag_bound_secs: 1"),
        // Others follow: a list that shows nothing of ours proves nothing.
        ("policy.yaml", "  spacing_secs: 120", "  spacing_secs: 5"),
    ];
    let rehearsal = Rehearsal::new(&soon, Some(scenario));
    let (mut child, mut reader) = rehearsal.start();
    let states = || {
        let orders = rehearsal.json(&["orders"]);
        let orders = orders["orders"].as_array().unwrap().clone();
        orders.into_iter().map(|order| order["state"].clone()).collect::<Vec<_>>()
    };
    until(&mut reader, "the first order is unknown", |_| states().contains(&"unknown".into()));
    until(&mut reader, "and then absent", |_| states().contains(&"absent".into()));
    signal(&child, "-INT");
    child.wait().unwrap();
}
