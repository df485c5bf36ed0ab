//! Marked keys through every command, at its most talkative: not one 16-byte piece of one is said.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

#[path = "../../../crates/exchange-coinbase/tests/common/pieces.rs"]
mod pieces;
mod served;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exchange_sim_server::{Config, IssuedKey, Pace};
use pieces::Canary;
use served::{ALL, ED25519, HMAC, Served, TRADER, text};

const FILE: &str = "CB_API_SECRET_FILE";
const KEY: &str = "COINBASE_API_KEY";
const SECRET: &str = "COINBASE_API_SECRET";

const ONCE: &[&str] = &["run", "--once", "--venue", "coinbase"];
const LOOP: &[&str] =
    &["run", "--loop", "--venue", "coinbase", "--interval", "0.02", "--cycles", "2"];
const DOCTOR: &[&str] = &["doctor", "--venue", "coinbase"];
const DOWNLOAD: &[&str] =
    &["data", "download", "--out", "candles", "--from", "2026-01-05T00:00:00Z", "BTC-USD"];

/// The base64 of a secret without what surrounds it.
fn inside(secret: &str) -> String {
    let lines = secret.lines().filter(|line| !line.starts_with("-----"));
    lines.flat_map(|line| line.chars().filter(|c| !c.is_whitespace())).collect()
}

fn canary(key: &IssuedKey) -> Canary {
    let text = inside(&key.secret);
    assert!(text.len() >= 32, "there is something to find");
    // A legacy secret is any text; the others are bytes, told in base64.
    let bytes = STANDARD.decode(&text).unwrap_or_default();
    Canary::of(&[text.as_bytes(), &bytes])
}

/// Runs at TRACE with these variables, and looks at all that is said. An output that nobody reads
/// is where most programs panic.
fn looked_at(venue: &Served, words: &[&str], env: &[(&str, &Path)], key: &IssuedKey, read: bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.args(words).current_dir(venue.home.path());
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    for name in [FILE, KEY, SECRET] {
        command.env_remove(name);
    }
    command.envs(env.iter().copied());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if !read {
        drop(child.stdout.take());
    }
    let outcome = child.wait_with_output().unwrap();
    let said = [&outcome.stdout[..], &outcome.stderr].concat();
    assert!(said.len() > 20, "{words:?}: {outcome:?}");
    let shown = text(&said);
    assert_eq!(canary(key).found_in(&said), None, "{words:?} says a piece of the key");
    assert!(!shown.contains("eyJ"), "{words:?} says a token");
}

/// A file that only its owner can read.
fn file(venue: &Served, name: &str, body: &str) -> PathBuf {
    let path = venue.home.path().join(name);
    fs::write(&path, body).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

#[test]
fn no_command_says_a_piece_of_a_key_that_works_or_is_refused() {
    let venue = Served::new(|config| config);
    let stranger = Served::new(|config| config);
    let key = |of: &Served, at: usize| (of.key(at), of.server.keys()[0][at].clone());
    for (path, key, commands) in [
        (key(&venue, TRADER).0, key(&venue, TRADER).1, &[ONCE, LOOP, DOCTOR][..]),
        (key(&venue, ED25519).0, key(&venue, ED25519).1, &[LOOP, DOCTOR]),
        (key(&venue, ALL).0, key(&venue, ALL).1, &[ONCE, LOOP, DOCTOR]),
        (key(&stranger, TRADER).0, key(&stranger, TRADER).1, &[ONCE, DOCTOR]),
    ] {
        for words in commands {
            looked_at(&venue, words, &[(FILE, &path)], &key, true);
        }
    }
    let legacy = &venue.server.keys()[0][HMAC];
    let env = [(KEY, Path::new(&legacy.name)), (SECRET, Path::new(&legacy.secret))];
    looked_at(&venue, LOOP, &env, legacy, true);
}

#[test]
fn a_download_says_no_piece_of_the_key() {
    let from = "2026-01-05T12:02:00Z".parse().unwrap();
    let venue = Served::new(|config| Config { pace: Pace::ByHand { from }, ..config });
    let key = &venue.server.keys()[0][TRADER];
    looked_at(&venue, DOWNLOAD, &[(FILE, &venue.key(TRADER))], key, true);
    assert!(venue.home.path().join("candles").is_dir(), "it did download");
}

#[test]
fn wrong_input_with_a_key_in_it_is_refused_without_a_piece_of_it() {
    let venue = Served::new(|config| config);
    for at in [TRADER, ED25519] {
        let key = &venue.server.keys()[0][at];
        let (name, secret) = (&key.name, &key.secret);
        let whole = fs::read_to_string(venue.key(at)).unwrap();
        let half = &secret[..secret.len() / 2];
        let json = |name: &str, secret: &str| {
            serde_json::json!({ "name": name, "privateKey": secret }).to_string()
        };
        let files = [
            whole[..whole.len() - 3].to_owned(),
            secret.clone(),
            json(name, half),
            json(secret, name),
            json(secret, secret),
            json(name, &format!("{secret}{secret}")),
            json(name, &secret.replacen(&inside(secret)[20..24], "!", 1)),
            serde_json::json!({ "name": name, "private_key": [secret] }).to_string(),
            serde_json::json!({ secret: name }).to_string(),
        ];
        for (number, body) in files.iter().enumerate() {
            let path = file(&venue, &format!("wrong-{at}-{number}.json"), body);
            looked_at(&venue, DOCTOR, &[(FILE, &path)], key, true);
            looked_at(&venue, LOOP, &[(FILE, &path)], key, true);
        }
        let (name, secret) = (Path::new(name), Path::new(secret));
        for env in [
            &[(FILE, secret)][..],
            &[(KEY, secret)],
            &[(KEY, secret), (SECRET, name)],
            &[(KEY, secret), (SECRET, secret)],
            &[(KEY, name), (SECRET, Path::new(half))],
        ] {
            looked_at(&venue, DOCTOR, env, key, true);
            looked_at(&venue, ONCE, env, key, true);
        }
    }
}

#[test]
fn a_run_that_loses_its_output_says_no_piece_of_the_key() {
    let venue = Served::new(|config| config);
    let key = &venue.server.keys()[0][TRADER];
    for words in [ONCE, LOOP, DOCTOR] {
        looked_at(&venue, words, &[(FILE, &venue.key(TRADER))], key, false);
    }
}
