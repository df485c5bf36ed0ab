//! `runner data download`: candles on disk, whole or not at all; and `venue serve` as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::served::{self, Served, json, text};
use domain::{Granularity, ProductId, Timestamp};
use exchange_sim_server::{Config, Pace, scenario};
use history::{Coverage, Dataset};

const NOW: &str = "2026-01-05T12:02:00Z";

fn at_a_moment(scenario_name: Option<&str>) -> Served {
    let from: Timestamp = NOW.parse().unwrap();
    let scenario = scenario_name.map(|name| scenario(name, None).unwrap());
    Served::new(|config| Config { pace: Pace::ByHand { from }, scenario, ..config })
}

fn words<'a>(products: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let start = ["data", "download", "--out", "candles", "--from", "2026-01-03T00:00:00Z"];
    start.iter().chain(products).chain(more).copied().collect()
}

#[test]
fn candles_come_page_by_page_once_and_only_closed_ones() {
    let venue = at_a_moment(None);
    let first = venue.run(&words(&["BTC-USD", "eth-usd"], &["--files", "csv"]), &[]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let dir = venue.home.path().join("candles");
    let dataset = Dataset::open(&dir).unwrap();
    let btc: ProductId = "BTC-USD".parse().unwrap();
    let starts = dataset.files(&btc)[0].starts().unwrap();
    // Two and a half days of five minutes, up to the last closed one.
    assert_eq!(starts[0].to_string(), "2026-01-03T00:00:00Z");
    assert_eq!(starts.last().unwrap().to_string(), "2026-01-05T11:55:00Z");
    let coverage = Coverage::read(&dir, &btc).unwrap();
    let asked = coverage.spans(Granularity::M5);
    assert_eq!((asked.len(), asked[0].to.to_string()), (1, "2026-01-05T12:00:00Z".to_owned()));
    let before = venue.server.requests().len();
    let again = venue.run(&words(&["BTC-USD", "ETH-USD"], &["--files", "csv"]), &[]);
    assert!(
        text(&again.stdout).contains("BTC-USD 5m") && text(&again.stdout).contains(" 0 requests")
    );
    let candles =
        venue.server.requests()[before..].iter().filter(|s| s.path.contains("candles")).count();
    assert_eq!(candles, 0, "what is there is not asked for again");

    let list = venue.run(&["data", "list", "candles", "--format", "json"], &[]);
    let files = json(&list)["files"].as_array().unwrap().clone();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0]["candles"], starts.len());
    let used = venue.run(&["run", "--once", "--data", "candles"], &[]);
    assert_eq!(used.status.code(), Some(0), "{}", text(&used.stderr));
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped_and_parquet_equals_csv() {
    let venue = at_a_moment(None);
    let part = ["--to", "2026-01-04T00:00:00Z"];
    assert_eq!(venue.run(&words(&["BTC-USD"], &part), &[]).status.code(), Some(0));
    assert_eq!(venue.run(&words(&["BTC-USD"], &[]), &[]).status.code(), Some(0));
    assert_eq!(venue.run(&words(&["BTC-USD"], &["--files", "csv"]), &[]).status.code(), Some(0));
    let dataset = Dataset::open(&venue.home.path().join("candles")).unwrap();
    let files = dataset.files(&"BTC-USD".parse().unwrap());
    let all: Vec<_> = files.iter().map(|file| file.all().unwrap()).collect();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0], all[1], "csv and parquet, in one piece and in two");
}

#[test]
fn a_reply_in_part_is_an_error_and_nothing_of_it_is_kept() {
    for (name, code, says) in [("candle-cap", 1, "in part"), ("server-errors", 0, "")] {
        let venue = at_a_moment(Some(name));
        let outcome = venue.run(&words(&["BTC-USD"], &[]), &[]);
        let said = text(&outcome.stderr);
        assert_eq!(outcome.status.code(), Some(code), "{name}: {said}");
        assert!(said.contains(says), "{name}: {said}");
        let there = venue.home.path().join("candles/BTC-USD/5m.parquet").exists();
        assert_eq!(there, code == 0, "{name}");
    }
}

#[test]
fn what_cannot_be_downloaded_is_wrong_usage() {
    let venue = at_a_moment(None);
    for (more, says) in [
        (&["NOPE-USD"][..], "no such product"),
        (&["BTC-USD", "--to", "2026-01-01T00:00:00Z"], "no 5m candle"),
        (&["BTC-USD", "--granularity", "7m"], "1m, 5m"),
    ] {
        let outcome = venue.run(&words(&[], more), &[]);
        assert_eq!(outcome.status.code(), Some(2), "{more:?}");
        assert!(text(&outcome.stderr).contains(says), "{more:?}: {}", text(&outcome.stderr));
    }
}

#[test]
fn the_venue_is_served_until_ctrl_c_and_the_runner_decides_on_it() {
    let home = tempfile::tempdir().unwrap();
    let words = ["venue", "serve", "--port", "0", "--tls-port", "0", "--format", "json"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .args(words)
        .current_dir(home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let place: serde_json::Value = serde_json::from_str(&line).unwrap();
    let port =
        |key: &str| place[key].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    served::configure(home.path(), port("http"));
    let certificate = place["certificate"].as_str().unwrap().to_owned();
    assert!(std::fs::read_to_string(&certificate).unwrap().contains("BEGIN CERTIFICATE"));
    let key = home.path().join(place["keys"][0]["file"].as_str().unwrap());
    let doctor = ["doctor", "--venue", "coinbase"];
    let env = [("CB_API_SECRET_FILE", key.as_path())];
    let well = served::run(home.path(), &doctor, &env);
    assert_eq!(well.status.code(), Some(0), "{}", text(&well.stdout));

    // The same over TLS, trusted by the usual variable.
    let app = home.path().join("config/app.yaml");
    let plain = std::fs::read_to_string(&app).unwrap();
    let (http, tls) = (port("http").to_string(), port("https").to_string());
    let secure = plain
        .replace(&format!("http://127.0.0.1:{http}"), &format!("https://localhost:{tls}"))
        .replace(&format!("ws://127.0.0.1:{http}"), &format!("wss://localhost:{tls}"));
    std::fs::write(&app, secure).unwrap();
    let unknown = served::run(home.path(), &doctor, &env);
    assert_eq!(unknown.status.code(), Some(5), "{}", text(&unknown.stdout));
    let trusted = [env[0], ("SSL_CERT_FILE", std::path::Path::new(&certificate))];
    let well = served::run(home.path(), &doctor, &trusted);
    assert_eq!(well.status.code(), Some(0), "{}", text(&well.stdout));

    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn scenarios_are_listed_and_unknown_ones_are_wrong_usage() {
    let home = tempfile::tempdir().unwrap();
    let list = served::run(home.path(), &["venue", "serve", "--list-scenarios"], &[]);
    let said = text(&list.stdout);
    assert!(said.contains("reply-lost") && said.lines().count() >= 15, "{said}");
    let words = ["venue", "serve", "--port", "0", "--tls-port", "0", "--scenario", "rain"];
    let unknown = served::run(home.path(), &words, &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("reply-lost"), "{unknown:?}");
}
