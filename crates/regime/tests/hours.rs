//! What single hours and rows of hours make of the regime.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use common::{BEAR, BULL, CHOP, CRASH, at, features, hour, read};
use domain::{Absent, Regime, Timestamp};
use regime::{Classify as _, Memory, Params, Reading, Why, classify};

#[test]
fn an_hour_says_what_its_numbers_are_worth() {
    let cases = [
        (-10.01, 10.0, Regime::Crash),
        (-10.0, 10.0, Regime::Bear),
        (0.0, 100.01, Regime::Crash),
        (0.0, 100.0, Regime::Chop),
        (50.0, 100.01, Regime::Crash),
        (10.0, 59.99, Regime::Bull),
        (10.0, 60.0, Regime::Chop),
        (9.99, 10.0, Regime::Chop),
        (-5.0, 10.0, Regime::Bear),
        (-4.99, 10.0, Regime::Chop),
        (-5.0, 100.0, Regime::Bear),
        (0.0, 0.0, Regime::Chop),
    ];
    for (trend, volatility, says) in cases {
        let found = Params::default().hour_says(trend, volatility);
        assert_eq!(found, says, "trend {trend}, volatility {volatility}");
    }
}

#[test]
fn without_memory_the_newest_hour_decides() {
    for (numbers, regime) in
        [(BULL, Regime::Bull), (CHOP, Regime::Chop), (BEAR, Regime::Bear), (CRASH, Regime::Crash)]
    {
        let mut memory = Memory::default();
        let reading = read(&mut memory, 0, Some(numbers));
        let (trend, volatility) = numbers;
        let expected =
            Reading { regime, trend_pct: Some(trend), volatility_pct: Some(volatility), why: None };
        assert_eq!(reading, expected);
        assert_eq!(memory.held(), Some(regime));
    }
}

/// Each sign is an hour: `+` says bull, `=` chop, `-` bear, `!` crash, and `?` has no features.
#[test]
fn rows_of_hours_end_in_the_regime_they_earn() {
    use Regime::{Bear, Bull, Chop, Crash, Unknown};
    type Case<'a> = (&'a str, &'a str, &'a [Regime]);
    let says = |word: char| match word {
        '+' => Some(BULL),
        '=' => Some(CHOP),
        '-' => Some(BEAR),
        '!' => Some(CRASH),
        _ => None,
    };
    let cases: &[Case<'_>] = &[
        ("two agree", "=++", &[Chop, Chop, Bull]),
        ("one is not enough", "=+=+=", &[Chop; 5]),
        ("two that differ", "=+-+-", &[Chop; 5]),
        ("the second of a pair", "=+--", &[Chop, Chop, Chop, Bear]),
        ("crash at once", "=!", &[Chop, Crash]),
        ("leaving a crash", "=!==", &[Chop, Crash, Crash, Chop]),
        ("a crash interrupted", "!=!==", &[Crash, Crash, Crash, Crash, Chop]),
        ("unknown keeps memory", "+?+", &[Bull, Unknown, Bull]),
        ("unknown breaks a pair", "=+?++", &[Chop, Chop, Unknown, Chop, Bull]),
        ("unknown first", "?-", &[Unknown, Bear]),
        ("crash after unknown", "+?!", &[Bull, Unknown, Crash]),
    ];
    for (name, steps, expected) in cases {
        let mut memory = Memory::default();
        let found: Vec<_> = (0..)
            .zip(steps.chars())
            .map(|(hour, word)| read(&mut memory, hour, says(word)).regime)
            .collect();
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn cycles_within_an_hour_count_it_once() {
    let mut memory = Memory::default();
    read(&mut memory, 0, Some(CHOP));
    for _ in 0..60 {
        assert_eq!(read(&mut memory, 1, Some(BULL)).regime, Regime::Chop);
    }
    assert_eq!(read(&mut memory, 2, Some(BULL)).regime, Regime::Bull);
}

#[test]
fn an_unknown_cycle_within_an_hour_does_not_count_it_twice() {
    let mut memory = Memory::default();
    for numbers in [Some(CHOP), None, Some(BULL), None, Some(BULL)] {
        read(&mut memory, 1, numbers);
    }
    assert_eq!(memory.held(), Some(Regime::Chop));
}

#[test]
fn an_unknown_cycle_between_two_hours_parts_them() {
    let mut memory = Memory::default();
    read(&mut memory, 0, Some(CHOP));
    read(&mut memory, 1, Some(BULL));
    read(&mut memory, 1, None);
    let mut with_both = features(&hour(2, BULL));
    with_both.previous_hour = Some(hour(1, BULL));
    let reading = classify(&Params::default(), Some(&with_both), at(3), &mut memory);
    assert_eq!(reading.regime, Regime::Chop);
    assert_eq!(read(&mut memory, 3, Some(BULL)).regime, Regime::Bull);
}

#[test]
fn hours_apart_are_no_pair_unless_the_one_between_is_known() {
    let mut alone = Memory::default();
    read(&mut alone, 0, Some(CHOP));
    read(&mut alone, 1, Some(BULL));
    assert_eq!(read(&mut alone, 3, Some(BULL)).regime, Regime::Chop);

    let params = Params::default();
    let pair = |previous, newest| {
        let mut features = features(&hour(4, newest));
        features.previous_hour = Some(hour(3, previous));
        let mut memory = Memory::default();
        read(&mut memory, 0, Some(CHOP));
        classify(&params, Some(&features), at(5), &mut memory).regime
    };
    assert_eq!(pair(BULL, BULL), Regime::Bull);
    assert_eq!(pair(BEAR, BULL), Regime::Chop);
    assert_eq!(pair(CRASH, BULL), Regime::Crash, "a skipped crash counts");
}

#[test]
fn an_older_hour_changes_nothing() {
    let mut memory = Memory::default();
    read(&mut memory, 5, Some(CHOP));
    let before = memory;
    read(&mut memory, 4, Some(CRASH));
    assert_eq!(memory, before);
}

#[test]
fn what_cannot_be_read_is_unknown_and_says_why() {
    let params = Params::default();
    let good = hour(0, BULL);
    let end = at(1);
    let cases = [
        ("whole and fresh", good, end, None),
        ("exactly two hours old", good, end.plus_secs(7200), None),
        (
            "a millisecond more",
            good,
            Timestamp::from_millis(end.millis() + 7_200_001),
            Some(Why::Stale),
        ),
        ("not closed", good, end.plus_secs(-1), Some(Why::NotClosed)),
        (
            "no trend",
            domain::HourFeatures { trend_168h_pct: Err(Absent::InsufficientHistory), ..good },
            end,
            Some(Why::InsufficientHistory),
        ),
        (
            "no volatility",
            domain::HourFeatures { volatility_168h_pct: Err(Absent::DataGap), ..good },
            end,
            Some(Why::DataGap),
        ),
        (
            "a missing hour",
            domain::HourFeatures { whole_168h: false, ..good },
            end,
            Some(Why::DataGap),
        ),
        (
            "no number",
            domain::HourFeatures { trend_168h_pct: Ok(f64::NAN), ..good },
            end,
            Some(Why::NoData),
        ),
    ];
    for (name, hour, now, why) in cases {
        let reading = params.classify(Some(&features(&hour)), now, &mut Memory::default());
        assert_eq!(reading.why, why, "{name}");
        assert_eq!(reading.regime == Regime::Unknown, why.is_some(), "{name}");
    }
    let mut no_hour = features(&good);
    no_hour.hour = None;
    for btc in [None, Some(&no_hour)] {
        let reading = classify(&params, btc, end, &mut Memory::default());
        assert_eq!(reading, Reading::default());
    }
}

#[test]
fn memory_comes_back_from_a_file_as_it_went() {
    let mut memory = Memory::default();
    for (hour, numbers) in [(0, CHOP), (1, BULL)] {
        read(&mut memory, hour, Some(numbers));
    }
    let text = serde_json::to_string(&memory).unwrap();
    let mut back: Memory = serde_json::from_str(&text).unwrap();
    assert_eq!(back, memory);
    assert_eq!(read(&mut back, 2, Some(BULL)).regime, Regime::Bull);
}
