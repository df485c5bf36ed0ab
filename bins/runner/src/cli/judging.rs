//! The words of what explains decisions, judges them again and holds them against the policy.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{Timestamp, Usd};

use super::given::{Format, ScopeArgs, Since, VenueArg, parse_time};
use crate::check::parse_nav;
use crate::feasibility::ACCOUNTS;

/// What to check.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Accounts to tell of, dollars; may be given more than once
    #[arg(long, value_name = "USD", value_parser = parse_nav, default_values = ACCOUNTS)]
    pub(crate) nav: Vec<Usd>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What to hold against the bar for LIVE.
#[derive(Debug, Clone, Args)]
pub(crate) struct PromoteArgs {
    /// Only look; there is nothing else yet that it could do
    #[arg(long, required = true)]
    pub(crate) check: bool,
    /// PAPER records of this venue [default: coinbase's if there are any, else the simulated one's]
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// PAPER records of this account [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Judge facts from this moment on: RFC 3339, or a span before the newest fact, such as 24h or
    /// 30d; earlier ones are counted in and not judged
    #[arg(long, value_name = "TIME|SPAN")]
    pub(crate) since: Option<Since>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to explain.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhyArgs {
    /// A product, such as BTC-USD; or `order` with the number of an order
    #[arg(required_unless_present = "quiet", value_name = "PRODUCT | order ID")]
    pub(crate) about: Vec<String>,
    /// The newest cycle at or before this moment [default: the newest one]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) at: Option<Timestamp>,
    /// Rank what kept it quiet over a span, such as 24h
    #[arg(long, value_name = "TIME|SPAN", conflicts_with_all = ["about", "at"])]
    pub(crate) quiet: Option<Since>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to do with policies.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Which keys another policy loosens and tightens, and what it would have done
    Diff(DiffArgs),
}

/// What to compare.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiffArgs {
    /// The other policy file
    pub(crate) file: PathBuf,
    /// Recorded cycles from this moment on, or from so long before the newest
    #[arg(long, value_name = "TIME|SPAN", default_value = "30d")]
    pub(crate) since: Since,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to judge again.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReplayArgs {
    /// Recorded cycles from this moment on, or from so long before the newest
    #[arg(long, value_name = "TIME|SPAN", default_value = "30d")]
    pub(crate) since: Since,
    /// Compare each verdict with the recorded one; a difference ends with code 1
    #[arg(long, required = true)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to judge.
#[derive(Debug, Clone, Args)]
pub(crate) struct GateArgs {
    /// The document; `-` reads stdin
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
}
