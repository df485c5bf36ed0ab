//! `runner doctor` names what is wrong with a key, a clock, a disk or a venue.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::served::{self, ALL, BLIND, HMAC, Served, TRADER, VIEWER, json, text};
use exchange_sim_server::scenario;
use serde_json::Value;

const DOCTOR: [&str; 5] = ["doctor", "--venue", "coinbase", "--format", "json"];
const FILE: &str = "CB_API_SECRET_FILE";

/// Everything that was found wrong, or deserves a look, in one text.
fn complaints(found: &Value) -> String {
    let checks = found["checks"].as_array().unwrap().iter();
    let wrong = checks.filter(|check| check["state"] != "good");
    let line = |check: &Value| format!("{}: {} -> {}", check["name"], check["says"], check["todo"]);
    wrong.map(line).collect::<Vec<_>>().join("\n")
}

/// A key file that only its owner can read.
fn file(dir: &Path, name: &str, body: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, body).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn parts(path: &Path) -> (String, String) {
    let key: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    (key["name"].as_str().unwrap().to_owned(), key["privateKey"].as_str().unwrap().to_owned())
}

fn body(name: &str, secret: &str) -> String {
    serde_json::json!({ "name": name, "privateKey": secret }).to_string()
}

#[test]
fn a_good_key_and_a_reachable_venue_are_all_well_and_nothing_is_ordered() {
    let venue = Served::new(|config| config);
    let (name, secret) = parts(&venue.key(TRADER));
    let escaped =
        file(venue.home.path(), "escaped.json", &body(&name, &secret.replace('\n', "\\n")));
    for key in [venue.key(TRADER), escaped] {
        let outcome = venue.run(&DOCTOR, &[(FILE, &key)]);
        let found = json(&outcome);
        assert_eq!(outcome.status.code(), Some(0), "{}", complaints(&found));
        assert_eq!((complaints(&found).as_str(), &found["well"]), ("", &Value::Bool(true)));
        assert_eq!(found["checks"].as_array().unwrap().len(), 8, "{found}");
    }
    let table = venue.run(&["doctor", "--venue", "coinbase"], &[]);
    let said = text(&table.stdout);
    assert_eq!(table.status.code(), Some(0), "{said}");
    assert!(said.lines().all(|line| line.starts_with("✓ ")), "{said}");
    assert!(said.contains("public market data"), "{said}");
    assert!(venue.asked().iter().all(|(method, _)| method == "GET"));
}

/// Each way in which a key can be wrong: the file, the exit code, and the words that name the cause.
#[test]
fn each_way_in_which_a_key_can_be_wrong_is_named() {
    let venue = Served::new(|config| config);
    let stranger = Served::new(|config| config);
    let dir = venue.home.path();
    let (name, secret) = parts(&venue.key(TRADER));
    let (viewer, _) = parts(&venue.key(VIEWER));
    let (_, foreign) = parts(&stranger.key(TRADER));
    let other = "organizations/1b4e28ba-2fa1-11d2-883f-0016d3cca427/apiKeys/\
                 1b4e28ba-2fa1-11d2-883f-0016d3cca428";
    let open = file(dir, "open.json", &body(&name, &secret));
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let cut = &secret[..secret.len() / 2];
    let refused = "either the key was deleted or its name is of another key, or its private half";
    let cases: [(&str, PathBuf, i32, &str); 15] = [
        ("no such file", dir.join("none.json"), 4, "cannot be read"),
        ("readable by others", open, 4, "chmod 600"),
        ("no JSON", file(dir, "cut.json", r#"{"name": "a", "priv"#), 4, "not JSON"),
        ("empty", file(dir, "empty.json", ""), 4, "is empty"),
        ("a bare PEM", file(dir, "bare.json", &secret), 4, "bare PEM"),
        ("no name", file(dir, "noname.json", r#"{"privateKey": "x"}"#), 4, "neither `name` nor"),
        ("no secret", file(dir, "nosecret.json", r#"{"name": "x"}"#), 4, "no `privateKey`"),
        ("cut off", file(dir, "half.json", &body(&name, cut)), 4, "cut off"),
        ("no key at all", file(dir, "no.json", &body(&name, "!!!")), 4, "neither a PEM nor base64"),
        ("a name of nobody", file(dir, "other.json", &body(other, &secret)), 6, refused),
        ("the name of another", file(dir, "viewer.json", &body(&viewer, &secret)), 6, refused),
        ("another private half", file(dir, "foreign.json", &body(&name, &foreign)), 6, refused),
        ("a mistyped name", file(dir, "typo.json", &body("my key", &secret)), 4, "no name has"),
        ("it can transfer", venue.key(ALL), 6, "can transfer money away"),
        ("it cannot view", venue.key(BLIND), 6, "cannot even view"),
    ];
    for (what, path, code, says) in cases {
        let outcome = venue.run(&DOCTOR, &[(FILE, &path)]);
        let found = complaints(&json(&outcome));
        assert_eq!(outcome.status.code(), Some(code), "{what}: {found}");
        assert!(found.contains(says), "{what}: {found}");
    }
    let odd = file(dir, "odd.json", &body("my-key", &secret));
    let found = complaints(&json(&venue.run(&DOCTOR, &[(FILE, &odd)])));
    assert!(found.contains("no key has the name") && found.contains("my-key"), "{found}");
}

#[test]
fn a_key_that_can_only_view_is_enough_until_orders_are_to_be_sent() {
    let venue = Served::new(|config| config);
    let key = venue.key(VIEWER);
    assert_eq!(venue.run(&DOCTOR, &[(FILE, &key)]).status.code(), Some(0));
    let words: Vec<&str> = DOCTOR.iter().chain(&["--mode", "live"]).copied().collect();
    let outcome = venue.run(&words, &[(FILE, &key)]);
    let found = complaints(&json(&outcome));
    assert_eq!(outcome.status.code(), Some(6), "{found}");
    assert!(found.contains("can only view, and LIVE needs trade"), "{found}");
    let none = venue.run(&words, &[]);
    assert_eq!(none.status.code(), Some(6));
    assert!(complaints(&json(&none)).contains("LIVE needs one"));
}

#[test]
fn half_a_key_two_keys_and_a_legacy_key_are_named() {
    let venue = Served::new(|config| config);
    let issued = &venue.server.keys()[0][HMAC];
    let (name, secret) = (Path::new(&issued.name), Path::new(&issued.secret));
    let half = venue.run(&DOCTOR, &[("COINBASE_API_KEY", name)]);
    assert_eq!(half.status.code(), Some(4));
    assert!(complaints(&json(&half)).contains("COINBASE_API_SECRET is not"));
    let file = venue.key(TRADER);
    let two = venue.run(&DOCTOR, &[(FILE, &file), ("COINBASE_API_KEY", name)]);
    assert_eq!(two.status.code(), Some(4));
    assert!(complaints(&json(&two)).contains("unset one of them"));
    let legacy = [("COINBASE_API_KEY", name), ("COINBASE_API_SECRET", secret)];
    let found = complaints(&json(&venue.run(&DOCTOR, &legacy)));
    assert!(found.contains("expired those in February 2025"), "{found}");
}

#[test]
fn a_clock_that_is_wrong_is_named() {
    let skewed = scenario("clock-skew", None).unwrap();
    let venue =
        Served::new(|config| exchange_sim_server::Config { scenario: Some(skewed), ..config });
    let outcome = venue.run(&DOCTOR, &[]);
    let found = complaints(&json(&outcome));
    assert_eq!(outcome.status.code(), Some(1), "{found}");
    assert!(found.contains("behind the venue's") && found.contains("time server"), "{found}");
}

#[test]
fn a_venue_or_a_disk_that_is_not_there_is_named() {
    let home = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    served::configure(home.path(), port);
    let outcome = served::run(home.path(), &DOCTOR, &[]);
    let found = complaints(&json(&outcome));
    assert_eq!(outcome.status.code(), Some(5), "{found}");
    for part in [&format!("http://127.0.0.1:{port}"), "brokerage/time", "ws://", "venue serve"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    fs::write(home.path().join("data"), "a file where a directory should be").unwrap_or_default();
    fs::remove_dir_all(home.path().join("data")).unwrap_or_default();
    fs::write(home.path().join("data"), "a file where a directory should be").unwrap();
    let outcome = served::run(home.path(), &["doctor", "--format", "json"], &[]);
    assert_eq!(outcome.status.code(), Some(1));
    assert!(complaints(&json(&outcome)).contains("cannot be written"));
}
