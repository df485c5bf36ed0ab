//! The words of history: what to play, and where the report goes.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use domain::{Granularity, ProductId, Timestamp, Usd};

use super::connect::parse_product;
use super::given::{Format, ScopeArgs};
use crate::check::parse_nav;

/// What to play.
#[derive(Debug, Clone, Args)]
pub(crate) struct BacktestArgs {
    /// Directory of recorded candles, one folder a product
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The span, in UTC: 20231203-20231224, 20231203-, -20231224, or two RFC 3339 times with a slash
    /// between them
    #[arg(long, value_name = "SPAN", allow_hyphen_values = true)]
    pub(crate) timerange: TimeRange,
    #[command(flatten)]
    pub(crate) play: PlayArgs,
    /// Run again with the future cut away and with nonsense in its place, and compare decisions
    #[arg(long)]
    pub(crate) check_lookahead: bool,
    /// Write report.json, report.html, trades.csv, equity.csv, facts.jsonl and cycles.jsonl to this
    /// directory
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What of the candles, and for what account: the same words for one run and for many.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlayArgs {
    /// Only these products [default: all that have candles]; BTC-USD is read for the regime anyway
    #[arg(long, value_name = "PRODUCT", num_args = 1.., value_delimiter = ',', value_parser = parse_product)]
    pub(crate) products: Vec<ProductId>,
    /// Length of the bars, folded from finer ones: 1m, 5m or 1h [default: the finest there are]
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) granularity: Option<Granularity>,
    /// Dollars to begin with
    #[arg(long, value_name = "USD", value_parser = parse_nav, default_value = "10000")]
    pub(crate) nav: Usd,
    /// Fees by volume: a CSV file of lines `from_usd,maker_bps,taker_bps` [default: Coinbase's entry
    /// tier by date]
    #[arg(long, value_name = "FILE")]
    pub(crate) fees: Option<PathBuf>,
    /// Orders are so many seconds on their way, at most the length of a bar: at that length they meet
    /// the next bar's prices
    #[arg(long, value_name = "SECS", default_value_t = 0)]
    pub(crate) delay: u32,
}

/// What to compare.
#[derive(Debug, Clone, Args)]
pub(crate) struct ParityArgs {
    /// What `backtest --out` wrote: the directory, or its facts.jsonl
    #[arg(value_name = "BACKTEST")]
    pub(crate) backtest: PathBuf,
    /// Directory of recorded candles of the time, by which moments are compared
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Another backtest in place of the records
    #[arg(long, value_name = "BACKTEST", conflicts_with_all = ["mode", "venue", "account"])]
    pub(crate) against: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// From a moment to a moment; an end that is not said is the data's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    /// The first moment.
    pub(crate) from: Option<Timestamp>,
    /// The last.
    pub(crate) to: Option<Timestamp>,
}

impl FromStr for TimeRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = match text.split_once('/') {
            Some((from, to)) => (moment(from)?, moment(to)?),
            None => match text.split_once('-') {
                Some((from, to)) => (day(from)?, day(to)?),
                None => return Err(form()),
            },
        };
        match (from, to) {
            (None, None) => Err(form()),
            (Some(from), Some(to)) if to <= from => {
                Err(format!("it ends at {to}, which is not after its start {from}"))
            }
            (from, to) => Ok(Self { from, to }),
        }
    }
}

fn form() -> String {
    "give days as 20231203-20231224, 20231203- or -20231224, or two times as \
     2023-12-03T00:00:00Z/2023-12-04T12:00:00Z"
        .to_owned()
}

fn moment(text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error: domain::TimeError| error.to_string())
}

/// The start of a day written as eight digits.
fn day(text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let parts = (text.get(..4), text.get(4..6), text.get(6..));
    let (Some(year), Some(month), Some(day)) = parts else { return Err(form()) };
    let written = format!("{year}-{month}-{day}T00:00:00Z");
    let parsed = written.parse().ok().filter(|_| digits);
    parsed.map(Some).ok_or_else(|| format!("{text:?} is no day: {}", form()))
}

pub(super) fn parse_length(text: &str) -> Result<Granularity, String> {
    let known = [Granularity::M1, Granularity::M5, Granularity::H1];
    let found = known.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| "give one of 1m, 5m, 1h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_days_or_times_and_may_be_open_at_one_end() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let (third, last) = (at("2023-12-03T00:00:00Z"), at("2023-12-24T00:00:00Z"));
        let cases = [
            ("20231203-20231224", third, last),
            ("20231203-", third, None),
            ("-20231224", None, last),
            ("2023-12-03T00:00:00Z/2023-12-24T00:00:00Z", third, last),
        ];
        for (text, from, to) in cases {
            assert_eq!(text.parse(), Ok(TimeRange { from, to }), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_says_what_would_be() {
        let cases = [
            ("", "give days as"),
            ("-", "give days as"),
            ("20231203", "give days as"),
            ("20231303-20231304", "is no day"),
            ("2023120-20231224", "is no day"),
            ("20231224-20231203", "not after its start"),
            ("20231203-20231203", "not after its start"),
            ("yesterday/now", "is not a time"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<TimeRange>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
