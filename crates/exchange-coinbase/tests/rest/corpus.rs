//! Bad replies with their verdicts: `tests/corpus/rest/*.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use exchange_coinbase::rest::{Doubt, PlaceOutcome, Refusal, Reply, fuzz};

struct Case {
    name: String,
    reader: String,
    expect: String,
    reply: Reply,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/rest")
}

fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let (_, cases) = text.split_once("=== ").unwrap();
        all.extend(cases.split("\n=== ").map(case));
    }
    all
}

fn case(text: &str) -> Case {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let name = lines.next().unwrap().to_owned();
    let fields: BTreeMap<&str, &str> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let mut body = body.trim_end_matches('\n').as_bytes().to_vec();
    if let Some(hex) = fields.get("hex") {
        let pairs = (0..hex.len()).step_by(2);
        body = pairs.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    }
    if let Some((times, text)) = fields.get("repeat").and_then(|rule| rule.split_once(' ')) {
        body = text.repeat(times.parse().unwrap()).into_bytes();
    }
    let reply = fuzz::reply(fields["status"].parse().unwrap(), &body);
    Case { name, reader: fields["reader"].to_owned(), expect: fields["expect"].to_owned(), reply }
}

fn verdict(case: &Case) -> String {
    if case.reader == "placing" {
        return told(&fuzz::outcome(case.reply.clone()).unwrap()).to_owned();
    }
    match fuzz::decode(&case.reader, &case.reply) {
        None => panic!("{}: there is no reader {:?}", case.name, case.reader),
        Some(Ok(())) => "ok".to_owned(),
        Some(Err(error)) => {
            let words = error.to_string();
            assert!(words.len() < 500 && !words.contains(char::is_control), "{}", case.name);
            error.kind().as_str().to_owned()
        }
    }
}

/// An outcome in the words of the files.
pub(crate) fn told(outcome: &PlaceOutcome) -> &'static str {
    match outcome {
        PlaceOutcome::Accepted(_) => "accepted",
        PlaceOutcome::Refused(refusal) => match refusal {
            Refusal::NotTried(_) => "refused not tried",
            Refusal::NeverSent(_) => "refused never sent",
            Refusal::Rejected(_) => "refused rejected",
            Refusal::Invalid(_) => "refused invalid",
            Refusal::Unauthorised => "refused unauthorised",
            Refusal::Forbidden(_) => "refused forbidden",
        },
        PlaceOutcome::Unknown(doubt) => match doubt {
            Doubt::NoReply(_) => "unknown no reply",
            Doubt::BrokenReply { .. } => "unknown broken reply",
            Doubt::Status { .. } => "unknown status",
            Doubt::Unreadable { .. } => "unknown unreadable",
            Doubt::OtherOrder { .. } => "unknown other order",
            Doubt::Contradiction(_) => "unknown contradiction",
            Doubt::NoReason(_) => "unknown no reason",
            Doubt::Duplicate => "unknown duplicate",
        },
    }
}

#[test]
fn every_bad_reply_gets_its_verdict() {
    let cases = cases();
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case, verdict(case)))
        .filter(|(case, verdict)| *verdict != case.expect)
        .map(|(case, verdict)| format!("{}: {verdict}, not {}", case.name, case.expect))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
    let bad = cases.iter().filter(|case| !["ok", "accepted"].contains(&case.expect.as_str()));
    assert!(bad.count() >= 150, "there are at least 150 bad replies");
}

#[test]
fn every_reader_has_a_bad_and_a_good_case_or_is_held_by_the_examples() {
    let cases = cases();
    for (reader, _) in fuzz::DECODERS {
        let of_it = || cases.iter().filter(|case| case.reader == *reader);
        assert!(
            of_it().any(|case| case.expect != "ok") || *reader == "place",
            "{reader} has no bad case"
        );
    }
}

/// What the fuzzer would do with the corpus: every body through every reader with every status.
#[test]
fn the_corpus_replays_through_the_fuzz_target() {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/rest_decode");
    let mut inputs: Vec<Vec<u8>> =
        cases().into_iter().map(|case| case.reply.body.to_vec()).collect();
    inputs.extend(
        std::fs::read_dir(found)
            .into_iter()
            .flatten()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap()),
    );
    assert!(inputs.len() >= 150);
    for body in inputs {
        // Long ones say the same to every reader.
        let readers = if body.len() > 100_000 { 1 } else { fuzz::DECODERS.len() };
        for which in 0..readers {
            for status in [0, 4] {
                let mut data = vec![u8::try_from(which).unwrap(), status];
                data.extend_from_slice(&body);
                fuzz::rest(&data);
            }
        }
        fuzz::rest(&body);
    }
}

/// Cut at any byte, a good reply is unreadable, never a shorter truth.
#[test]
fn a_reply_cut_at_any_byte_is_never_a_value() {
    for case in cases() {
        if !["ok", "accepted"].contains(&case.expect.as_str()) {
            continue;
        }
        for cut in 0..case.reply.body.len() {
            let reply = fuzz::reply(case.reply.status, &case.reply.body[..cut]);
            if case.reader == "placing" {
                assert!(
                    matches!(fuzz::outcome(reply).unwrap(), PlaceOutcome::Unknown(_)),
                    "{} at {cut}",
                    case.name
                );
            } else {
                assert!(
                    fuzz::decode(&case.reader, &reply).unwrap().is_err(),
                    "{} at {cut}",
                    case.name
                );
            }
        }
    }
}
