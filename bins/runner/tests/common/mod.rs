//! A runner as a process, in a home of its own.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its part")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// The shipped configuration in a directory of its own.
pub struct Home(pub tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        fs::create_dir(dir.path().join("config")).unwrap();
        for entry in fs::read_dir(shipped).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), dir.path().join("config").join(entry.file_name())).unwrap();
        }
        Self(dir)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(words).current_dir(self.0.path()).env("RUST_LOG", "info");
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    pub fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub fn records(&self) -> PathBuf {
        self.0.path().join("data/dry-run/simulated/seed-7")
    }

    pub fn facts(&self) -> Vec<(i64, String)> {
        let db = rusqlite::Connection::open(self.records().join("trader.db")).unwrap();
        let mut query = db.prepare("SELECT number, body FROM facts ORDER BY number").unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

pub const LOOP: [&str; 6] = ["run", "--loop", "--interval", "0.5", "--seed", "7"];

pub fn looped<'a>(more: &[&'a str]) -> Vec<&'a str> {
    LOOP.iter().copied().chain(more.iter().copied()).collect()
}

/// Reads so many lines of a running loop; the reader is kept, so that its pipe stays open.
pub fn read_lines(child: &mut Child, count: usize) -> (BufReader<ChildStdout>, Vec<Value>) {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for _ in 0..count {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        lines.push(serde_json::from_str(&line).unwrap());
    }
    (reader, lines)
}

pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
