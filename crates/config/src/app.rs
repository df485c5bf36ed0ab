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
    /// The pace of `run --loop`.
    #[serde(rename = "loop")]
    pub pace: LoopSettings,
    /// What is kept, and for how long.
    pub records: RecordSettings,
}

/// The pace of the loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopSettings {
    /// From the start of one cycle to the start of the next, minutes; fractions allowed.
    pub interval_minutes: f64,
    /// A cycle that waits for the clock starts up to so much later, seconds.
    pub jitter_secs: f64,
    /// How often the venue's products are read again, minutes.
    pub catalog_minutes: u32,
    /// How often balances and fees are read again, minutes.
    pub account_minutes: u32,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSettings {
    /// Cycle records older than so many days of venue time are deleted; facts never are.
    pub keep_cycles_days: u32,
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
        let pace = &self.pace;
        if !(pace.interval_minutes >= 0.01 && pace.interval_minutes <= 1440.0) {
            let text = format!("{} is not within 0.01 and 1440", pace.interval_minutes);
            found.push(("loop.interval_minutes".to_owned(), text));
        }
        if !(pace.jitter_secs >= 0.0 && pace.jitter_secs <= 60.0) {
            let text = format!("{} is not within 0 and 60", pace.jitter_secs);
            found.push(("loop.jitter_secs".to_owned(), text));
        }
        let minutes = [
            ("loop.catalog_minutes", pace.catalog_minutes, 1440),
            ("loop.account_minutes", pace.account_minutes, 60),
            ("records.keep_cycles_days", self.records.keep_cycles_days, 3650),
        ];
        for (key, value, most) in minutes {
            if !(1..=most).contains(&value) {
                found.push((key.to_owned(), format!("{value} is not within 1 and {most}")));
            }
        }
        let terms = self.execution.problems().into_iter();
        found.extend(terms.map(|(key, what)| (format!("execution.{key}"), what)));
        found
    }
}
