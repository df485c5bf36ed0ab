//! History through the same engine, on recorded Coinbase candles: the same decisions as PAPER, a
//! journal that the checker finds clean, and the same bytes each time.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use domain::{AccountId, Fact, Mode};
use serde_json::Value;
use store::{Records, Scope};
use system_tests::{Home, Recordings, recordings};

/// The month of minutes that has all of the shipped lists.
const FILE: &str = "1m_2023q4.parquet";
/// A day on which SOL and AVAX moved.
const DAY: &str = "20231208-20231209";

/// A directory with links to the month's files alone, of a few products; none where the recordings
/// are absent.
fn month(home: &Home) -> Option<PathBuf> {
    let Recordings::At(place) = recordings() else { return None };
    let month = home.path("month");
    for product in ["BTC-USD", "ETH-USD", "SOL-USD", "AVAX-USD", "HBAR-USD"] {
        let file = place.join("coinbase").join(product).join(FILE);
        let own = month.join(product);
        fs::create_dir_all(&own).unwrap();
        std::os::unix::fs::symlink(file.canonicalize().unwrap(), own.join(FILE)).unwrap();
    }
    Some(month)
}

/// A ladder with the one step that PAPER counts with.
fn flat_fees(home: &Home) -> String {
    let path = home.path("fees.csv");
    fs::write(&path, "from_usd,maker_bps,taker_bps\n0,60,120\n").unwrap();
    path.display().to_string()
}

/// Facts in which nothing is random.
fn comparable(facts: impl IntoIterator<Item = Fact>) -> Vec<Fact> {
    facts.into_iter().filter(|fact| !matches!(fact, Fact::Named(_))).collect()
}

#[test]
fn a_backtest_puts_the_same_facts_on_record_as_paper_over_the_same_window() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let data = month.display().to_string();
    let (from, cycles) = ("2023-12-08T12:00:00Z", 361);
    let words = [
        "run",
        "--loop",
        "--mode",
        "paper",
        "--data",
        &data,
        "--as-of",
        from,
        "--interval",
        "1",
        "--speed",
        "max",
        "--cycles",
        &cycles.to_string(),
    ];
    let paper = home.run(&words);
    assert_eq!(paper.code, 0, "{}", paper.error);
    let scope = Scope {
        mode: Mode::Paper,
        venue: "simulated".to_owned(),
        account: AccountId("recorded".to_owned()),
    };
    let of_paper = comparable(Records::read(&home.data(), &scope).unwrap().facts().unwrap());

    let (fees, out) = (flat_fees(&home), home.path("out").display().to_string());
    let range = "2023-12-08T12:00:00Z/2023-12-08T18:00:00Z";
    let played = home.run(&[
        "backtest",
        "--data",
        &data,
        "--timerange",
        range,
        "--fees",
        &fees,
        "--out",
        &out,
    ]);
    let text = fs::read_to_string(home.path("out").join("facts.jsonl")).unwrap();
    let own = comparable(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    assert!(
        own.iter().any(|fact| matches!(fact, Fact::Fill(_))),
        "{}\n{}",
        played.out,
        played.error
    );
    for (at, (paper, own)) in of_paper.iter().zip(&own).enumerate() {
        assert_eq!(paper, own, "fact {at}");
    }
    assert_eq!(of_paper.len(), own.len());

    let compared = compared(&home, &data, &out);
    let parity = &compared["parity"];
    assert!(!parity["trades"].as_array().unwrap().is_empty(), "{compared}");
    assert_eq!((amount(&parity["difference"]), sum(&parity["parts"])), (0.0, 0.0), "{compared}");

    // At the entry tier of its time, 40 and 60 bps: what PAPER paid more is a matter of fees alone.
    let cheaper = home.path("cheaper").display().to_string();
    let words = ["backtest", "--data", &data, "--timerange", range, "--out", &cheaper];
    home.run(&words);
    let compared = self::compared(&home, &data, &cheaper);
    let parity = &compared["parity"];
    assert_eq!(sum(&parity["parts"]).to_bits(), amount(&parity["difference"]).to_bits());
    assert!(amount(&parity["parts"]["fee"]) < 0.0, "{compared}");
}

/// What `runner parity` says of the records of PAPER.
fn compared(home: &Home, data: &str, out: &str) -> Value {
    let scope = ["--mode", "paper", "--venue", "simulated", "--account", "recorded"];
    let words = ["parity", out, "--data", data, "--format", "json"];
    let compared = home.run(&[&words[..], &scope].concat());
    assert_eq!(compared.code, 0, "{}", compared.error);
    serde_json::from_str(&compared.out).unwrap()
}

fn amount(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// Of the parts, in exact amounts.
fn sum(parts: &Value) -> f64 {
    let parts = parts.as_object().unwrap().values();
    let exact: Vec<rust_decimal::Decimal> =
        parts.map(|part| part.as_str().unwrap().parse().unwrap()).collect();
    exact.iter().sum::<rust_decimal::Decimal>().to_string().parse().unwrap()
}

#[test]
fn a_day_is_clean_and_knows_no_future_and_gives_the_same_bytes_twice() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let data = month.display().to_string();
    let play = |name: &str| {
        let out = home.path(name);
        let place = out.display().to_string();
        let outcome = home.run(&[
            "backtest",
            "--data",
            &data,
            "--timerange",
            DAY,
            "--check-lookahead",
            "--format",
            "json",
            "--out",
            &place,
        ]);
        assert_eq!(outcome.code, 0, "{}\n{}", outcome.error, outcome.out);
        let files = [
            "report.json",
            "report.html",
            "trades.csv",
            "equity.csv",
            "facts.jsonl",
            "cycles.jsonl",
        ];
        (outcome.out, files.map(|file| fs::read_to_string(out.join(file)).unwrap()))
    };
    let (first, second) = (play("one"), play("two"));
    assert!(first == second, "two runs differ");
    let report: Value = serde_json::from_str(&first.0).unwrap();
    assert_eq!(report["verify"]["clean"], true);
    assert_eq!(report["lookahead"]["found"], Value::Array(Vec::new()));
    assert!(report["lookahead"]["compared"].as_u64().unwrap() > 1000);
    assert_eq!(report["account"]["decisions"], 1441);
}

#[test]
fn what_cannot_be_played_says_what_would_be_right() {
    let home = Home::shipped().unwrap();
    let empty = home.path("empty");
    fs::create_dir(&empty).unwrap();
    let own = home.path("own");
    fs::create_dir_all(own.join("BTC-USD")).unwrap();
    let csv = "start,open,high,low,close,volume\n1701561600,1,1,1,1,1\n";
    fs::write(own.join("BTC-USD/1m.csv"), csv).unwrap();
    fs::write(home.path("fees.csv"), "0,60\n").unwrap();
    let (empty, own) = (empty.display().to_string(), own.display().to_string());
    let fees = home.path("fees.csv").display().to_string();
    let cases: [(&[&str], u8, &str); 6] = [
        (&["--data", "/nowhere", "--timerange", DAY], 2, "--data: "),
        (&["--data", &empty, "--timerange", DAY], 2, "--data: "),
        (&["--data", &own, "--timerange", "20231208"], 2, "give days as"),
        (&["--data", &own, "--timerange", "20250101-20250102"], 2, "no product has"),
        (
            &["--data", &own, "--timerange", DAY, "--products", "SOL-USD"],
            2,
            "has candles of BTC-USD",
        ),
        (
            &["--data", &own, "--timerange", "20231203-20231204", "--fees", &fees],
            2,
            "line 1 has 2 cells",
        ),
    ];
    for (words, code, expected) in cases {
        let outcome = home.run(&[&["backtest"][..], words].concat());
        assert_eq!(outcome.code, code, "{words:?}: {}", outcome.error);
        assert!(outcome.error.contains(expected), "{words:?}: {}", outcome.error);
    }
}

#[test]
fn a_run_that_proposed_nothing_says_so_and_fails() {
    let home = Home::shipped().unwrap();
    let own = home.path("own");
    fs::create_dir_all(own.join("BTC-USD")).unwrap();
    let mut csv = String::from("start,open,high,low,close,volume\n");
    for hour in 0..400_i64 {
        let start = 1_700_000_000 / 3600 * 3600 + hour * 3600;
        writeln!(csv, "{start},100,101,99,100,1000").unwrap();
    }
    fs::write(own.join("BTC-USD/1h.csv"), csv).unwrap();
    let own = own.display().to_string();
    let outcome = home.run(&["backtest", "--data", &own, "--timerange", "20231124-20231125"]);
    assert_eq!(outcome.code, 1, "{}", outcome.error);
    assert!(outcome.error.contains("nothing was proposed"), "{}", outcome.error);
    assert!(outcome.out.contains("ASSUMPTIONS"), "the report is printed all the same");
}
