//! The words of a search over parameters.

use std::path::PathBuf;

use clap::Args;
use sweep::Shard;

use super::given::Format;
use super::history::{PlayArgs, TimeRange};

/// What to search, and on what.
#[derive(Debug, Clone, Args)]
pub(crate) struct SweepArgs {
    /// Directory of recorded candles, one folder a product
    #[arg(long, value_name = "DIR", required_unless_present = "rank_only")]
    pub(crate) data: Option<PathBuf>,
    /// The span, as for `backtest`
    #[arg(
        long,
        value_name = "SPAN",
        allow_hyphen_values = true,
        required_unless_present = "rank_only"
    )]
    pub(crate) timerange: Option<TimeRange>,
    /// A key and what is tried for it: `rules.momentum.stop_pct=6,8,10`, or with --random also
    /// `key=4..12` and `key=1..100:log`; one value fixes the key. As often as there are keys
    #[arg(long, value_name = "KEY=VALUES")]
    pub(crate) set: Vec<String>,
    /// A file of the same, one key a line; # begins a comment
    #[arg(long, value_name = "FILE")]
    pub(crate) axes: Option<PathBuf>,
    /// Draw so many combinations in place of trying all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) random: Option<u32>,
    /// Where the draws begin; the same seed draws the same
    #[arg(long, default_value_t = 247)]
    pub(crate) seed: u64,
    /// Choose on so many days [default: the whole span, and nothing is shown out of sample]
    #[arg(
        long,
        value_name = "DAYS",
        requires = "test",
        value_parser = clap::value_parser!(u32).range(1..=36_500)
    )]
    pub(crate) train: Option<u32>,
    /// Leave out so many days after them
    #[arg(
        long,
        value_name = "DAYS",
        requires = "train",
        default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(0..=36_500)
    )]
    pub(crate) embargo: u32,
    /// Show on so many days after those; the next split begins so much later
    #[arg(
        long,
        value_name = "DAYS",
        requires = "train",
        value_parser = clap::value_parser!(u32).range(1..=36_500)
    )]
    pub(crate) test: Option<u32>,
    /// Keep plan and results here; what is there already is not played again
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Play every n-th candidate from the i-th on. The files of all shards in one directory are the
    /// results of the whole
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    pub(crate) shard: Shard,
    /// Play on so many threads [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Refuse more combinations than this
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) max: usize,
    /// List so many candidates a split
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) top: usize,
    /// So many other trials were made on this data before: they count in the ranking
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) trials_before: u64,
    /// Play nothing: rank what the directory has
    #[arg(long)]
    pub(crate) rank_only: bool,
    #[command(flatten)]
    pub(crate) play: PlayArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}
