//! `runner venue serve` as its user meets it: where it is, its keys, how it ends, what it refuses.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;

use common::{Home, signal, text};
use serde_json::Value;

const SERVE: [&str; 6] = ["venue", "serve", "--port", "0", "--tls-port", "0"];

fn serving<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SERVE.iter().copied().chain(more.iter().copied()).collect()
}

/// A venue that has said where it is.
fn started(home: &Home, more: &[&str]) -> (Child, Value) {
    let words = serving(&[&["--format", "json"], more].concat());
    let mut child = home.start(&words);
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let Ok(place) = serde_json::from_str(&line) else {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        panic!("{line:?} {said}");
    };
    (child, place)
}

/// Ends it with Ctrl-C; what it had said by then.
fn ended(mut child: Child) -> String {
    signal(&child, "-INT");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    said
}

#[test]
fn it_says_where_it_is_writes_its_keys_for_their_owner_alone_and_ends_at_ctrl_c() {
    let home = Home::new();
    let (child, place) = started(&home, &["--dir", "here"]);
    for (name, scheme) in [("http", "http"), ("ws", "ws"), ("https", "https"), ("wss", "wss")] {
        let address = place[name].as_str().unwrap();
        assert!(address.starts_with(&format!("{scheme}://127.0.0.1:")), "{name}: {address}");
    }
    let certificate = fs::read_to_string(place["certificate"].as_str().unwrap()).unwrap();
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"), "{certificate}");
    let keys = place["keys"].as_array().unwrap();
    let kinds: Vec<&str> = keys.iter().map(|key| key["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ES256", "Ed25519", "ES256", "ES256"], "no legacy key unless asked for");
    for key in keys {
        let file = Path::new(key["file"].as_str().unwrap());
        assert!(file.is_absolute(), "clients are started elsewhere: {}", file.display());
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let written: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(written["name"], key["name"]);
        assert!(!written["privateKey"].as_str().unwrap().is_empty());
    }
    let first = Path::new(keys[0]["file"].as_str().unwrap()).to_owned();
    fs::write(home.0.path().join("config/app.yaml"), pointed(&home, &place)).unwrap();
    let doctor = home
        .command(&["doctor", "--venue", "coinbase"])
        .env("CB_API_SECRET_FILE", &first)
        .output()
        .unwrap();
    assert_eq!(doctor.status.code(), Some(0), "{}", text(&doctor.stdout));
    let said = ended(child);
    assert!(said.contains("served"), "{said}");
}

/// The shipped app.yaml, pointed to a venue.
fn pointed(home: &Home, place: &Value) -> String {
    let shipped = fs::read_to_string(home.0.path().join("config/app.yaml")).unwrap();
    let [http, ws] = ["http", "ws"].map(|name| place[name].as_str().unwrap());
    shipped
        .replace("https://api.coinbase.com", http)
        .replace("wss://advanced-trade-ws.coinbase.com", ws)
        .replace("wss://advanced-trade-ws-user.coinbase.com", ws)
}

#[test]
fn a_second_start_in_the_same_place_has_new_keys_and_goes_on() {
    let home = Home::new();
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let (child, place) = started(&home, &[]);
        let file = place["keys"][0]["file"].as_str().unwrap();
        assert!(file.ends_with("/venue/main-key-0.json"), "{file}");
        secrets.push(fs::read_to_string(file).unwrap());
        ended(child);
    }
    assert_ne!(secrets[0], secrets[1]);
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for option in ["--port", "--tls-port"] {
        let other = if option == "--port" { "--tls-port" } else { "--port" };
        let outcome = home.run(&["venue", "serve", option, &port, other, "0"]);
        let said = text(&outcome.stderr);
        assert_eq!(outcome.status.code(), Some(1), "{said}");
        for part in [&format!("127.0.0.1:{port}"), "in use", option, "0 is any free one"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(text(&outcome.stdout), "");
    }
}

#[test]
fn a_scenario_that_nobody_knows_is_wrong_usage_and_the_known_ones_are_listed() {
    let home = Home::new();
    let outcome = home.run(&serving(&["--scenario", "rain"]));
    let said = text(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(2), "{said}");
    let listed = home.run(&["venue", "serve", "--list-scenarios", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let names = listed["scenarios"].as_array().unwrap();
    assert!(names.len() > 40 && said.contains("\"rain\""), "{said}");
    for scenario in names {
        let name = scenario["name"].as_str().unwrap();
        assert!(said.contains(name), "{name} is not in {said}");
    }
    assert!(!home.0.path().join("venue").exists(), "nothing was written");
}

#[test]
fn a_scenario_of_ones_own_and_accounts_of_ones_own_are_served() {
    let home = Home::new();
    let dir = home.0.path().join("mine");
    fs::create_dir(&dir).unwrap();
    let mine = "version: 1\nscenarios:\n  - name: shut\n    about: Nobody is answered.\n    \
                rules:\n      - fault: {kind: status_before, status: 503}\n";
    fs::write(dir.join("mine.yaml"), mine).unwrap();
    let (child, place) = started(
        &home,
        &[
            "--scenarios",
            "mine",
            "--scenario",
            "shut",
            "--account",
            "a:USD=5",
            "--account",
            "b:BTC=1",
            "--legacy-keys",
        ],
    );
    let files: Vec<&str> =
        place["keys"].as_array().unwrap().iter().map(|k| k["file"].as_str().unwrap()).collect();
    assert_eq!(files.len(), 10, "five keys for each account, a legacy one among them");
    assert!(files[0].ends_with("/a-key-0.json") && files[5].ends_with("/b-key-0.json"));
    fs::write(home.0.path().join("config/app.yaml"), pointed(&home, &place)).unwrap();
    let once = home.run(&["run", "--once", "--venue", "coinbase"]);
    assert_eq!(once.status.code(), Some(5), "{}", text(&once.stderr));
    assert!(text(&once.stderr).contains("503"), "{}", text(&once.stderr));
    ended(child);
}
