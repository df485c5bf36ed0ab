//! What many commands are given: whose records, since when, how to print.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use config::Venue;
use domain::{Mode, Timestamp};

/// Whose records.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScopeArgs {
    /// Records of this mode [default: app.yaml's]
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Records of this venue [default: app.yaml's]
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// Records of this account, such as seed-247 or recorded [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines to read
    Table,
    /// One JSON object
    Json,
}

/// The mode as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Decide and record
    DryRun,
    /// Trade a simulated account
    Paper,
    /// Trade
    Live,
}

/// The venue as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VenueArg {
    /// The embedded venue: no network, no keys
    Simulated,
    /// Coinbase, or a venue that speaks its protocol: market data needs no key
    Coinbase,
}

impl From<VenueArg> for Venue {
    fn from(arg: VenueArg) -> Self {
        match arg {
            VenueArg::Simulated => Self::Simulated,
            VenueArg::Coinbase => Self::Coinbase,
        }
    }
}

impl From<ModeArg> for Mode {
    fn from(arg: ModeArg) -> Self {
        match arg {
            ModeArg::DryRun => Self::DryRun,
            ModeArg::Paper => Self::Paper,
            ModeArg::Live => Self::Live,
        }
    }
}

/// A moment, or a span before the newest record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// From here on.
    At(Timestamp),
    /// So many seconds before the newest.
    Span(i64),
}

impl Since {
    /// The moment, where the newest record is at `newest`.
    pub(crate) fn from(self, newest: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Span(secs) => newest.plus_secs(-secs),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = |letter: char, secs: i64| {
            let count: i64 = text.strip_suffix(letter)?.parse().ok()?;
            (0..=100_000).contains(&count).then(|| Self::Span(count * secs))
        };
        let spans = [('m', 60), ('h', 3600), ('d', 86_400)];
        match spans.into_iter().find_map(|(letter, secs)| span(letter, secs)) {
            Some(since) => Ok(since),
            None => text.parse().map(Self::At).map_err(|_| {
                "give a moment such as 2026-01-05T12:00:00Z, or a span such as 90m, 24h or 30d"
                    .to_owned()
            }),
        }
    }
}

pub(super) fn parse_factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.001..=100_000.0).contains(&factor) => Ok(factor),
        _ => Err("give a factor from 0.001 to 100000".to_owned()),
    }
}

pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|e: domain::TimeError| e.to_string())
}
