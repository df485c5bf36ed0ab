//! A place of its own for a run: configuration copied from the shipped one, records in a temporary
//! directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use runner::{Cli, dispatch};
use serde_json::Value;

/// The files of a configuration.
const FILES: [&str; 4] = ["app.yaml", "policy.yaml", "universe.yaml", "strategy.yaml"];

/// A temporary home; gone when dropped.
#[derive(Debug)]
pub struct Home {
    dir: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The exit code.
    pub code: u8,
    /// What went to stdout.
    pub out: String,
    /// The message on stderr, when it failed.
    pub error: String,
}

impl Home {
    /// A home with the shipped configuration.
    ///
    /// # Errors
    /// When the files cannot be copied.
    pub fn shipped() -> io::Result<Self> {
        let dir = tempfile::tempdir()?;
        let config = dir.path().join("config");
        fs::create_dir(&config)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config");
        for file in FILES {
            fs::copy(root.join(file), config.join(file))?;
        }
        let home = Self { dir };
        let data = home.data().display().to_string();
        home.edit("app.yaml", "data_dir: data", &format!("data_dir: {data}"))?;
        Ok(home)
    }

    /// Replaces text in one of the files.
    ///
    /// # Errors
    /// When the text is not there, or the file cannot be written.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> io::Result<()> {
        let path = self.config().join(file);
        let text = fs::read_to_string(&path)?;
        if !text.contains(from) {
            return Err(io::Error::other(format!("{file} does not say {from:?}")));
        }
        fs::write(path, text.replace(from, to))
    }

    /// The configuration directory.
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config")
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Another place in this home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What `runner <words>` does, with this home's configuration. Wrong usage that the command
    /// line parser finds is code 2, as in the process.
    pub fn run(&self, words: &[&str]) -> Outcome {
        let config = self.config().display().to_string();
        self.run_alone(&[words, &["--config", config.as_str()]].concat())
    }

    /// What `runner <words>` does, for commands that read no configuration.
    pub fn run_alone(&self, words: &[&str]) -> Outcome {
        let all = ["runner"].iter().chain(words).copied();
        let cli = match Cli::try_parse_from(all) {
            Ok(cli) => cli,
            Err(error) => {
                return Outcome { code: 2, out: String::new(), error: error.to_string() };
            }
        };
        let mut out = Vec::new();
        let result = dispatch(cli, &mut anstream::StripStream::new(&mut out));
        let out = String::from_utf8_lossy(&out).into_owned();
        match result {
            Ok(code) => Outcome { code: code as u8, out, error: String::new() },
            Err(failure) => Outcome { code: failure.code as u8, out, error: failure.to_string() },
        }
    }
}

impl Outcome {
    /// The one JSON object on stdout, without `stage_ms`.
    ///
    /// # Errors
    /// When stdout is not one JSON object.
    pub fn summary(&self) -> Result<Value, String> {
        let mut value: Value =
            serde_json::from_str(&self.out).map_err(|e| format!("{e}: {:?}", self.out))?;
        let object = value.as_object_mut().ok_or("not an object")?;
        object.remove("stage_ms").ok_or("no stage_ms")?;
        Ok(value)
    }
}
