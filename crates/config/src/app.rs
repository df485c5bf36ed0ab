//! `app.yaml`: how the program runs.

use std::path::PathBuf;

use domain::{Mode, Timestamp, Usd};
use execution::ExecutionTerms;
use serde::{Deserialize, Serialize};

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// DRY_RUN, PAPER or LIVE. A missing mode is an error, never a default.
    pub mode: Mode,
    /// Where records are kept.
    pub data_dir: PathBuf,
    /// The venue.
    pub exchange: ExchangeSettings,
    /// The account of DRY_RUN and PAPER without keys.
    pub paper: PaperSettings,
    /// The market of the simulated venue when no data is given.
    pub simulation: SimulationSettings,
    /// How orders are sent.
    pub execution: ExecutionTerms,
}

/// Which venue, and whether orders may reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeSettings {
    /// Which.
    pub venue: Venue,
    /// While true no order endpoint is ever called, whatever the mode.
    pub read_only: bool,
}

/// A venue we can talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Venue {
    /// The embedded one.
    Simulated,
}

impl Venue {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
        }
    }
}

/// The configured account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperSettings {
    /// Dollars to begin with.
    pub start_cash_usd: Usd,
}

/// The seeded market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulationSettings {
    /// Same seed, same market.
    pub seed: u64,
    /// The moment a cycle decides for.
    pub as_of: Timestamp,
}

impl App {
    /// What is wrong with the values.
    pub(crate) fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.paper.start_cash_usd <= Usd::ZERO {
            let text = format!("{} is not above 0", self.paper.start_cash_usd);
            found.push(("paper.start_cash_usd".to_owned(), text));
        }
        if self.data_dir.as_os_str().is_empty() {
            found.push(("data_dir".to_owned(), "it is empty; give a directory".to_owned()));
        }
        let terms = self.execution.problems().into_iter();
        found.extend(terms.map(|(key, what)| (format!("execution.{key}"), what)));
        found
    }
}
