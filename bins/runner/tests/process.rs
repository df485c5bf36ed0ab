//! The real process: signals, a kill, a second instance, disks that are full or may not be written.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// The shipped configuration in a directory of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        fs::create_dir(dir.path().join("config")).unwrap();
        for entry in fs::read_dir(shipped).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), dir.path().join("config").join(entry.file_name())).unwrap();
        }
        Self(dir)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(words).current_dir(self.0.path()).env("RUST_LOG", "info");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn records(&self) -> PathBuf {
        self.0.path().join("data/dry-run/simulated/seed-7")
    }

    fn facts(&self) -> Vec<(i64, String)> {
        let db = rusqlite::Connection::open(self.records().join("trader.db")).unwrap();
        let mut query = db.prepare("SELECT number, body FROM facts ORDER BY number").unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

const LOOP: [&str; 6] = ["run", "--loop", "--interval", "0.5", "--seed", "7"];

fn looped<'a>(more: &[&'a str]) -> Vec<&'a str> {
    LOOP.iter().copied().chain(more.iter().copied()).collect()
}

/// Reads so many lines of a running loop; the reader is kept, so that its pipe stays open.
fn read_lines(
    child: &mut Child,
    count: usize,
) -> (BufReader<std::process::ChildStdout>, Vec<Value>) {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for _ in 0..count {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        lines.push(serde_json::from_str(&line).unwrap());
    }
    (reader, lines)
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

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
        std::thread::sleep(Duration::from_millis(17 * round));
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

/// Runs as a user who may not write there, also where the tests run as root.
fn as_nobody(command: &mut Command) -> &mut Command {
    let root = fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt as _;
        me.uid() == 0
    });
    if root { command.uid(65_534).gid(65_534) } else { command }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Everything below a directory, with its bytes.
fn tree(dir: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            tree(&path, into);
        } else {
            into.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn a_data_directory_that_may_not_be_written_is_refused_by_name_and_can_be_read() {
    let home = Home::new();
    assert_eq!(home.run(&looped(&["--speed", "max", "--cycles", "3"])).status.code(), Some(0));
    let binary = home.0.path().join("runner");
    fs::copy(env!("CARGO_BIN_EXE_runner"), &binary).unwrap();
    for dir in
        [home.0.path().to_path_buf(), home.0.path().join("config"), home.0.path().join("data")]
            .into_iter()
            .chain(home.records().ancestors().take(3).map(Path::to_path_buf))
    {
        chmod(&dir, 0o555);
    }
    for file in fs::read_dir(home.records()).unwrap() {
        chmod(&file.unwrap().path(), 0o444);
    }
    let mut before = Vec::new();
    tree(&home.0.path().join("data"), &mut before);
    let run = |words: &[&str]| {
        let mut command = Command::new(&binary);
        command.args(words).current_dir(home.0.path());
        as_nobody(&mut command).output().unwrap()
    };
    let refused = run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(text(&refused.stderr).contains("seed-7/lock: Permission denied"), "{refused:?}");
    let elsewhere = run(&["run", "--once", "--seed", "8"]);
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(text(&elsewhere.stderr).contains("seed-8: Permission denied"), "{elsewhere:?}");
    let status = run(&["status", "--account", "seed-7"]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
    let mut after = Vec::new();
    tree(&home.0.path().join("data"), &mut after);
    assert!(before == after, "something changed");
    chmod(home.0.path(), 0o755);
    chmod(&home.0.path().join("data"), 0o755);
    for dir in home.records().ancestors().take(3) {
        chmod(dir, 0o755);
    }
}

#[test]
fn a_full_disk_ends_the_loop_by_name_and_what_was_printed_is_kept() {
    let home = Home::new();
    // A file size limit stands in for a full disk: writes beyond it fail, here as there. The
    // shell ignores the signal that comes with it, and the program inherits that.
    let script = format!(
        "trap '' XFSZ; ulimit -f 512; exec {} run --loop --interval 0.5 --speed max --seed 7",
        env!("CARGO_BIN_EXE_runner")
    );
    let output =
        Command::new("sh").args(["-c", &script]).current_dir(home.0.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.contains("trader.db: "), "{said}");
    let printed = text(&output.stdout);
    let ids: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["cycle_id"].clone())
        .collect();
    assert!(!ids.is_empty(), "{said}");
    let again = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    let next: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(next["cycle"], ids.len() + 1, "the cycle that did not fit was never kept");
}
