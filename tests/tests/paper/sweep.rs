//! Searches over parameters on a market made by a generator: the same bytes whatever the threads and
//! shards, the figures of a backtest, and words for what cannot be searched.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use system_tests::{Home, Outcome};

const HOURS: i64 = 70 * 24;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
/// 20 days of warm-up before it.
const SPAN: &str = "20260121-20260312";

/// Numbers in [-1, 1) that are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 30) - 1.0
    }
}

/// Hours of three products that wander, each with a wild day in ten.
fn market(home: &Home) -> String {
    let dir = home.path("candles");
    for (seed, product, price) in
        [(1, "BTC-USD", 50_000.0), (2, "ETH-USD", 3_000.0), (3, "SOL-USD", 150.0)]
    {
        let (mut random, mut open) = (Random(seed), price);
        let mut text = "start,open,high,low,close,volume\n".to_owned();
        for hour in 0..HOURS {
            let wild = (hour / 24 + i64::try_from(seed).unwrap()) % 10 == 0;
            let (step, volume) = if wild { (0.02, 4.0) } else { (0.004, 1.0) };
            let close = open * (1.0 + step * (random.next() + if wild { 0.1 } else { 0.0 }));
            let (high, low) = (f64::max(open, close) * 1.003, f64::min(open, close) * 0.997);
            let base = volume * 5e6 / close * (1.2 + random.next());
            let start = START + hour * 3600;
            writeln!(text, "{start},{open},{high},{low},{close},{base}").unwrap();
            // What rests at the bid fills where the next hour opens below it.
            open = close * (1.0 + 0.002 * random.next());
        }
        fs::create_dir_all(dir.join(product)).unwrap();
        fs::write(dir.join(product).join("1h.csv"), text).unwrap();
    }
    dir.display().to_string()
}

/// A search over stops and holding times, of which one stop is beyond the policy.
fn sweep(home: &Home, data: &str, out: &str, more: &[&str]) -> Outcome {
    let out = home.path(out).display().to_string();
    let words = [
        "sweep",
        "--data",
        data,
        "--timerange",
        SPAN,
        "--set",
        "rules.momentum.stop_pct=4,8,20",
        "--set",
        "rules.momentum.max_hold_hours=24,72",
        "--train",
        "20",
        "--embargo",
        "5",
        "--test",
        "10",
        "--out",
        &out,
        "--format",
        "json",
    ];
    home.run(&[&words[..], more].concat())
}

fn results(home: &Home, out: &str) -> Vec<u8> {
    fs::read(home.path(out).join("results.parquet")).unwrap()
}

fn copy_parts(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("parts")).unwrap();
    fs::copy(from.join("sweep.json"), to.join("sweep.json")).unwrap();
    for part in fs::read_dir(from.join("parts")).unwrap() {
        let part = part.unwrap();
        fs::copy(part.path(), to.join("parts").join(part.file_name())).unwrap();
    }
}

#[test]
fn a_search_is_the_same_on_one_thread_in_shards_and_as_backtests() {
    let home = Home::shipped().unwrap();
    let data = market(&home);
    let whole = sweep(&home, &data, "whole", &["--threads", "2"]);
    assert_eq!(whole.code, 0, "{}\n{}", whole.error, whole.out);
    let ranking: Value = serde_json::from_str(&whole.out).unwrap();
    assert_eq!(ranking["missing"]["of"], 12, "six candidates on two splits: {}", whole.out);
    assert_eq!(ranking["refused"].as_array().unwrap().len(), 2, "a stop of 20 % each");
    let why = ranking["refused"][0][1].as_str().unwrap();
    assert!(why.contains("rules.momentum.stop_pct: 20 is above the policy's 15"), "{why}");
    assert_eq!(ranking["splits"][0]["trials"], 4);

    let again = sweep(&home, &data, "whole", &["--threads", "1"]);
    assert_eq!((again.code, &again.out), (0, &whole.out), "nothing is left to play");
    for shard in ["1/2", "2/2"] {
        let own = format!("shard{}", &shard[..1]);
        let done = sweep(&home, &data, &own, &["--shard", shard, "--threads", "1"]);
        assert_eq!(done.code, 0, "{}", done.error);
        assert_eq!(serde_json::from_str::<Value>(&done.out).unwrap()["shard"], shard);
        copy_parts(&home.path(&own), &home.path("merged"));
    }
    let merged = home.path("merged").display().to_string();
    let rank = ["sweep", "--rank-only", "--format", "json", "--out", &merged];
    assert_eq!(home.run_alone(&rank).out, whole.out);
    assert!(results(&home, "merged") == results(&home, "whole"), "the files differ");

    // The first split's best, played by itself.
    let best = &ranking["splits"][0]["best"][0];
    let value = |key: &str| best["values"][key].as_str().unwrap().to_owned();
    let momentum = |key: &str, from: &str, to: &str| {
        let path = home.config().join("strategy.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let (before, own) = text.split_once("  momentum:\n    enabled").unwrap();
        let own = own.replacen(&format!("{key}: {from}"), &format!("{key}: {to}"), 1);
        fs::write(&path, format!("{before}  momentum:\n    enabled{own}")).unwrap();
    };
    momentum("stop_pct", "8", &value("rules.momentum.stop_pct"));
    momentum("max_hold_hours", "72", &value("rules.momentum.max_hold_hours"));
    let words =
        ["backtest", "--data", &data, "--timerange", "20260121-20260210", "--format", "json"];
    let played = home.run(&words);
    let report: Value = serde_json::from_str(&played.out).unwrap();
    let figures = &best["train"]["figures"];
    assert_eq!(report["figures"]["trades"], best["train"]["trades"]);
    assert!(report["figures"]["trades"].as_u64().unwrap() > 0, "{}", played.out);
    // Half done by another build, it is not gone on with.
    let plan = home.path("whole/sweep.json");
    let mut stored: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
    assert_eq!(stored["inputs"]["program"].as_str().unwrap().len(), 64, "{stored}");
    stored["inputs"]["program"] = "another".into();
    fs::write(&plan, stored.to_string()).unwrap();
    let other = sweep(&home, &data, "whole", &[]);
    assert_ne!(other.code, 0);
    assert!(other.error.contains("inputs.program of its sweep.json differs"), "{}", other.error);

    for (own, name) in [
        (&report["account"]["profit_pct"], "return_pct"),
        (&report["figures"]["sharpe"], "sharpe"),
        (&report["costs"]["fees_usd"], "fees_usd"),
        (&report["holding"][0]["excess_pct"], "excess_btc_pct"),
    ] {
        assert_eq!(own, &figures[name], "{name}");
    }
}

#[test]
fn what_cannot_be_searched_says_what_would_be_right() {
    let home = Home::shipped().unwrap();
    let data = market(&home);
    let axes = home.path("axes.txt").display().to_string();
    fs::write(&axes, "# nothing\n\nrules.momentum.stop_pct = 8\nrules.momentum\n").unwrap();
    let stop = "rules.momentum.stop_pct=8";
    let cases: [(&[&str], u8, &str); 16] = [
        (&["--timerange", SPAN], 2, "nothing to try"),
        (
            &["--timerange", SPAN, "--set", "rules.momentun.stop_pct=8"],
            2,
            "did you mean rules.momentum.stop_pct?",
        ),
        (&["--timerange", SPAN, "--set", "max_total_pct=8"], 2, "did you mean caps.max_total_pct?"),
        (&["--timerange", SPAN, "--set", "rules.momentum.stop_pct"], 2, "give key=value"),
        (
            &["--timerange", SPAN, "--set", "rules.momentum.live=true,false"],
            2,
            "counts in LIVE alone",
        ),
        (&["--timerange", SPAN, "--set", "mode=PAPER"], 2, "plays no part in a backtest"),
        (&["--timerange", SPAN, "--set", "rules.momentum.stop_pct=4..9"], 2, "list its values"),
        (
            &["--timerange", SPAN, "--set", "rules.momentum.enabled=1..2", "--random", "2"],
            2,
            "is no number",
        ),
        (&["--timerange", SPAN, "--set", stop, "--set", stop], 2, "on two axes"),
        (&["--timerange", SPAN, "--axes", &axes], 2, "is no axis"),
        (
            &["--timerange", SPAN, "--set", "rules.momentum.stop_pct=1,2,3", "--max", "2"],
            2,
            "3 combinations are more than 2",
        ),
        (
            &["--timerange", SPAN, "--set", "rules.momentum.stop_pct=20,30"],
            4,
            "refuses every combination",
        ),
        (&["--timerange", "20260121-20260401", "--set", stop], 2, "is beyond them"),
        (
            &["--timerange", SPAN, "--set", stop, "--train", "40", "--test", "10"],
            2,
            "50 whole days, and 55 are needed",
        ),
        (&["--timerange", SPAN, "--set", stop, "--delay", "3601"], 2, "give 0 to 3600"),
        (&["--rank-only"], 2, "not the directory of a search"),
    ];
    for (at, (words, code, expected)) in cases.into_iter().enumerate() {
        let out = home.path(&format!("out{at}")).display().to_string();
        let data: &[&str] = if words.contains(&"--rank-only") { &[] } else { &["--data", &data] };
        let outcome = home.run(&[&["sweep", "--out", &out][..], data, words].concat());
        assert_eq!(outcome.code, code, "{words:?}: {}", outcome.error);
        assert!(outcome.error.contains(expected), "{words:?}: {}", outcome.error);
    }
}
