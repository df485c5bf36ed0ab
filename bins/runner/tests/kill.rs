//! The kill switch, with and without a loop that runs.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::fs;
use std::io::BufRead as _;

use common::{Home, looped, text};
use serde_json::Value;

fn touch(home: &Home) {
    fs::create_dir_all(home.0.path().join("data")).unwrap();
    fs::write(home.0.path().join("data/KILL_SWITCH"), "").unwrap();
}

#[test]
fn one_cycle_under_a_kill_proposes_buys_nothing_and_ends_with_8() {
    let home = Home::new();
    touch(&home);
    let done = home.run(&["run", "--seed", "247"]);
    assert_eq!(done.status.code(), Some(8), "{}", text(&done.stderr));
    let line: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(line["status"], "HALTED");
    assert_eq!(line["proposals_approved"], 0);
    assert!(line["proposals_generated"].as_u64().unwrap() > 0, "this moment has a proposal");
    let codes: Vec<_> =
        line["rejections"].as_array().unwrap().iter().map(|r| r["code"].clone()).collect();
    assert!(codes.contains(&Value::from("kill_switch")), "{codes:?}");
}

#[cfg(unix)]
#[test]
fn a_loop_heeds_a_kill_goes_on_without_buying_and_is_still_killed_after_a_restart() {
    let home = Home::new();
    // A tick a second: the kill falls between two.
    let words = looped(&["--speed", "30"]);
    let mut child = home.start(&words);
    let (mut reader, first) = common::read_lines(&mut child, 1);
    assert_ne!(first[0]["status"], "HALTED");
    touch(&home);
    let mut line = String::new();
    for _ in 0..20 {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.contains("HALTED") {
            break;
        }
    }
    assert!(line.contains("\"HALTED\""), "{line}");
    common::signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8));
    let latched = home.facts().iter().filter(|(_, body)| body.contains("\"latched\"")).count();
    assert_eq!(latched, 1, "once, not at each cycle");

    fs::remove_file(home.0.path().join("data/KILL_SWITCH")).unwrap();
    let again = home.run(&looped(&["--speed", "max", "--cycles", "2"]));
    assert!(text(&again.stdout).lines().all(|line| line.contains("\"HALTED\"")));
}

#[cfg(unix)]
#[test]
fn a_drill_beside_a_loop_is_a_kill_that_tells_its_times() {
    let home = Home::new();
    let mut child = home.start(&looped(&["--speed", "30"]));
    let (_reader, first) = common::read_lines(&mut child, 1);
    assert_ne!(first[0]["status"], "HALTED");
    let drill = home.run(&["halt", "--drill", "--wait", "60", "--format", "json"]);
    assert_eq!(drill.status.code(), Some(0), "{}", text(&drill.stderr));
    let times: Value = serde_json::from_slice(&drill.stdout).unwrap();
    assert_eq!(times["passed"], true, "{times}");
    assert!(times["detected_ms"].as_u64() <= times["closed_ms"].as_u64(), "{times}");
    assert_eq!((&times["known_orders"], &times["entries_after"]), (&0.into(), &0.into()));
    common::signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill stays");
}
