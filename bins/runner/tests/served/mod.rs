//! The simulated venue on loopback, and the real process beside it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

use exchange_sim::Seeded;
use exchange_sim_server::{AccountSpec, Config, KeyKind, Permissions, Server};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::runtime::Runtime;

/// The keys that each venue here issues, by place.
pub(crate) const TRADER: usize = 0;
pub(crate) const ED25519: usize = 1;
pub(crate) const VIEWER: usize = 2;
pub(crate) const ALL: usize = 3;
pub(crate) const HMAC: usize = 4;
pub(crate) const BLIND: usize = 5;

/// A served venue, and a home whose configuration points to it.
pub(crate) struct Served {
    pub(crate) server: Server,
    pub(crate) home: tempfile::TempDir,
    config: Config,
    runtime: Option<Runtime>,
}

fn start(config: Config) -> (Server, Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    (runtime.block_on(Server::start(config)).unwrap(), runtime)
}

impl Served {
    pub(crate) fn new(change: impl FnOnce(Config) -> Config) -> Self {
        let home = tempfile::tempdir().unwrap();
        let account = AccountSpec {
            name: "main".to_owned(),
            funds: vec![
                ("USD".parse().unwrap(), Decimal::from(1_500)),
                ("USDC".parse().unwrap(), Decimal::from(250)),
            ],
            keys: vec![
                (KeyKind::Es256, Permissions::TRADER),
                (KeyKind::Ed25519, Permissions::TRADER),
                (KeyKind::Es256, Permissions::VIEWER),
                (KeyKind::Es256, Permissions::ALL),
                (KeyKind::Hmac, Permissions::TRADER),
                (KeyKind::Es256, Permissions { view: false, trade: true, transfer: false }),
            ],
        };
        let config = Config::new(Seeded::new(247).unwrap(), vec![account]).unwrap();
        let config =
            change(Config { dir: Some(home.path().join("venue")), budgets: None, ..config });
        let (server, runtime) = start(config.clone());
        configure(home.path(), server.http().unwrap().port());
        Self { server, home, config, runtime: Some(runtime) }
    }

    /// Ends every connection and listens at another port, 0 for any, with new keys that are
    /// written nowhere.
    pub(crate) fn moves_to(&mut self, port: u16) {
        let config = Config { http_port: Some(port), dir: None, ..self.config.clone() };
        let (server, runtime) = start(config);
        self.server = server;
        if let Some(old) = self.runtime.replace(runtime) {
            old.shutdown_timeout(Duration::from_secs(10));
        }
    }

    pub(crate) fn key(&self, at: usize) -> PathBuf {
        self.server.keys()[0][at].file.clone().unwrap()
    }

    pub(crate) fn run(&self, words: &[&str], env: &[(&str, &Path)]) -> Output {
        run(self.home.path(), words, env)
    }

    /// Cycles start when they are due.
    pub(crate) fn jitter(&self) {
        let path = self.home.path().join("config/app.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace("jitter_secs: 2", "jitter_secs: 0")).unwrap();
    }

    /// The methods and paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.server.requests().into_iter().map(|seen| (seen.method, seen.path)).collect()
    }
}

/// The shipped configuration, pointed to a port of this machine.
pub(crate) fn configure(home: &Path, port: u16) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    fs::create_dir_all(home.join("config")).unwrap();
    for entry in fs::read_dir(shipped).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let text = text
            .replace("https://api.coinbase.com", &format!("http://127.0.0.1:{port}"))
            .replace("wss://advanced-trade-ws.coinbase.com", &format!("ws://127.0.0.1:{port}"))
            .replace(
                "wss://advanced-trade-ws-user.coinbase.com",
                &format!("ws://127.0.0.1:{port}"),
            );
        fs::write(home.join("config").join(entry.file_name()), text).unwrap();
    }
}

/// The real process, with no keys but those given.
pub(crate) fn run(home: &Path, words: &[&str], env: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.args(words).current_dir(home).env("RUST_LOG", "info");
    for name in ["CB_API_SECRET_FILE", "COINBASE_API_KEY", "COINBASE_API_SECRET"] {
        command.env_remove(name);
    }
    for (name, value) in env {
        command.env(name, value);
    }
    command.output().unwrap()
}

/// Ends a loop as Ctrl-C does.
pub(crate) fn stop(child: &mut Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", text(&output.stdout), text(&output.stderr)))
}
