//! The words of `run`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use domain::Timestamp;

use super::given::{Format, ModeArg, VenueArg, parse_factor, parse_time};
use crate::pace::Speed;

/// How to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Decide once and end (the default)
    #[arg(long, conflicts_with = "forever")]
    pub(crate) once: bool,
    /// Decide again and again until stopped; goes on from its records
    #[arg(long = "loop")]
    pub(crate) forever: bool,
    /// Minutes from cycle to cycle, fractions allowed [default: what app.yaml says]
    #[arg(long, value_name = "MINUTES", requires = "forever", value_parser = parse_interval)]
    pub(crate) interval: Option<f64>,
    /// How fast the venue's clock runs: a factor, or `max` to jump from cycle to cycle
    #[arg(long, value_name = "X|max", requires = "forever", default_value = "1")]
    pub(crate) speed: Speed,
    /// End the loop after so many cycles
    #[arg(long, value_name = "N", requires = "forever")]
    pub(crate) cycles: Option<u64>,
    /// Overrides the mode of app.yaml
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Overrides the venue of app.yaml
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// Directory of recorded candles, one folder a product
    #[arg(long, value_name = "DIR", conflicts_with = "seed")]
    pub(crate) data: Option<PathBuf>,
    /// Seed of the modelled market
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The moment to decide for, RFC 3339 in UTC [default: the end of the data, or app.yaml's]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) as_of: Option<Timestamp>,
    /// How to print a cycle
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// A factor or `max`.
impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        parse_factor(text).map(Self::Times).map_err(|why| format!("{why}, or max"))
    }
}

fn parse_interval(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if (0.01..=1440.0).contains(&minutes) => Ok(minutes),
        _ => Err("give minutes from 0.01 to 1440; 0.5 is 30 seconds".to_owned()),
    }
}
