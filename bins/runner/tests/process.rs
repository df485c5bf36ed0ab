//! The real process: signals, a kill, a second instance.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use common::{Home, looped, read_lines, signal, text};
use serde_json::Value;

fn as_of(line: &Value) -> domain::Timestamp {
    line["as_of"].as_str().unwrap().parse().unwrap()
}

#[test]
fn ctrl_c_ends_after_the_step_says_what_it_leaves_and_the_next_start_goes_on() {
    let home = Home::new();
    let mut child = home.start(&looped(&["--speed", "max"]));
    let (mut reader, mut lines) = read_lines(&mut child, 20);
    signal(&child, "-INT");
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    lines.extend(rest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(said.contains("Ctrl-C: stopping after this step"), "{said}");
    assert!(said.contains("it leaves") && said.contains("positions=0"), "{said}");
    let kept = home.facts().iter().filter(|(_, body)| body.contains("\"cycle\"")).count();
    assert_eq!(kept, lines.len(), "one record for each printed cycle");

    let again = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(again.status.code(), Some(0));
    let next: Value = serde_json::from_slice(&again.stdout).unwrap();
    let last = lines.last().unwrap();
    assert_eq!(as_of(&next), as_of(last).plus_secs(30));
    assert_eq!(next["cycle"], lines.len() + 1);
}

#[test]
fn ctrl_c_twice_ends_a_step_that_hangs_and_what_it_kept_is_there() {
    let home = Home::new();
    // A pipe that is full and that nobody reads: the first cycle hangs where it is printed.
    let (reader, mut writer) = std::io::pipe().unwrap();
    let stdout = writer.try_clone().unwrap();
    let filler = thread::spawn(move || while writer.write_all(&[b' '; 4096]).is_ok() {});
    let words = looped(&["--speed", "max"]);
    let mut child = home.command(&words).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut heard = |text: &str| {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it never said {text:?}");
        }
    };
    // The picture is written when a cycle is on record, just before it is printed.
    while !home.records().join("state.json").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        thread::sleep(Duration::from_millis(20));
    }
    signal(&child, "-INT");
    heard("Ctrl-C: stopping after this step; once more stops now");
    signal(&child, "-INT");
    heard("Ctrl-C again: stopping now");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(reader);
    filler.join().unwrap();
    let again = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    let next: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(next["cycle"], 2);
}

#[test]
fn a_stop_is_heard_while_it_waits_for_the_next_tick() {
    let home = Home::new();
    let mut child = home.start(&looped(&["--speed", "1"]));
    let (_reader, _) = read_lines(&mut child, 1);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_second_instance_is_refused_while_status_and_backup_read_on() {
    let home = Home::new();
    let mut child = home.start(&looped(&["--speed", "1"]));
    let (_reader, _) = read_lines(&mut child, 1);
    let second = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(second.status.code(), Some(3));
    assert!(text(&second.stderr).contains("in use by another instance"), "{second:?}");
    let once = home.run(&["run", "--once", "--seed", "7"]);
    assert_eq!(once.status.code(), Some(3));
    let status = home.run(&["status", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["running"], true);
    assert_eq!(home.run(&["backup", "copy.db"]).status.code(), Some(0));
    let other = home.run(&["run", "--once", "--seed", "8"]);
    assert_eq!(other.status.code(), Some(0), "another account is another directory");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_kill_at_any_moment_loses_no_printed_cycle_and_doubles_none() {
    let home = Home::new();
    let mut printed: Vec<Value> = Vec::new();
    for round in 0..6_u64 {
        let mut child = home.start(&looped(&["--speed", "max"]));
        let (mut reader, mut lines) = read_lines(&mut child, 3);
        thread::sleep(Duration::from_millis(17 * round));
        signal(&child, "-KILL");
        child.wait().unwrap();
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        // The last line may be cut; its cycle may be on record all the same.
        lines.extend(rest.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()));
        printed.append(&mut lines);
    }
    let last = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    printed.push(serde_json::from_slice(&last.stdout).unwrap());
    let facts = home.facts();
    let cycles: Vec<Value> = facts
        .iter()
        .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap())
        .filter(|fact| fact["fact"] == "cycle")
        .collect();
    for pair in cycles.windows(2) {
        let at = |fact: &Value| fact["at"].as_str().unwrap().parse::<domain::Timestamp>().unwrap();
        assert_eq!(at(&pair[1]), at(&pair[0]).plus_secs(30), "none lost, none doubled");
    }
    for line in &printed {
        assert!(cycles.iter().any(|fact| fact["id"] == line["cycle_id"]), "{line}");
    }
    assert_eq!(printed.last().unwrap()["cycle"], cycles.len());
}

#[test]
fn each_shell_gets_a_script_that_knows_the_commands() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = home.run(&["completions", shell]);
        assert_eq!(outcome.status.code(), Some(0));
        let script = text(&outcome.stdout);
        assert!(script.contains("flatten") && script.contains("as-of"), "{shell}: {script}");
    }
    assert_eq!(home.run(&["completions", "tcsh"]).status.code(), Some(2));
}
