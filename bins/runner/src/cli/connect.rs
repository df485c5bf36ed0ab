//! The words of what goes over the network: `doctor`, `data` and `venue`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::{Asset, Granularity, ProductId, Timestamp};
use rust_decimal::Decimal;

use super::given::{Format, ModeArg, VenueArg, parse_factor, parse_time};

/// What to look at.
#[derive(Debug, Clone, Args)]
pub(crate) struct DoctorArgs {
    /// Overrides the mode of app.yaml: what a key must be able to do depends on it
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Overrides the venue of app.yaml
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What to do with candles.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DataCommand {
    /// Get candles from Coinbase, for --data; goes on where an earlier one stopped
    Download(DownloadArgs),
    /// Take candles from CSV or Parquet files of other programs; goes on where an earlier one stopped
    Import(CandlesArgs),
    /// What candles a directory has, and how complete they are
    List(ListArgs),
}

/// Which candles, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct DownloadArgs {
    /// The products, such as BTC-USD ETH-USD
    #[arg(required = true, value_name = "PRODUCT", value_parser = parse_product)]
    pub(crate) products: Vec<ProductId>,
    /// The first moment, RFC 3339 in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) from: Timestamp,
    /// The last moment, RFC 3339 in UTC [default: the venue's present]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) to: Option<Timestamp>,
    /// The length of a candle: 1m, 5m, 15m, 30m, 1h, 2h, 6h or 1d
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = parse_granularity)]
    pub(crate) granularity: Granularity,
    /// The directory, one folder a product; made when it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How files are written
    #[arg(long, value_enum, default_value = "parquet")]
    pub(crate) files: FileArg,
    /// Directory of the four configuration files, for the venue's address
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// Which files, whose candles they are, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct CandlesArgs {
    /// The files: .csv with a header, or .parquet; columns start (or time, timestamp, date,
    /// `open_time`), open, high, low, close, volume; others are not read
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Whose candles, such as BTC-USD
    #[arg(long, value_name = "PRODUCT", value_parser = parse_product)]
    pub(crate) product: ProductId,
    /// The length of a candle: 1m, 5m, 15m, 30m, 1h, 2h, 6h or 1d
    #[arg(long, value_name = "LENGTH", value_parser = parse_granularity)]
    pub(crate) granularity: Granularity,
    /// The directory, one folder a product; made when it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How the candles are written
    #[arg(long, value_enum, default_value = "parquet")]
    pub(crate) write: FileArg,
    /// Where a file has other numbers for a candle that is there, take its word [default: refuse it]
    #[arg(long)]
    pub(crate) replace: bool,
    /// How to print what came of it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Which directory.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// The directory, one folder a product
    pub(crate) dir: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// How candle files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileArg {
    /// Small and fast
    Parquet,
    /// For other programs
    Csv,
}

/// What to do with the venue.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum VenueCommand {
    /// Serve it on this machine in Coinbase's protocol until Ctrl-C
    Serve(ServeArgs),
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// Port for http and ws; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 8247)]
    pub(crate) port: u16,
    /// Port for https and wss; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 8248)]
    pub(crate) tls_port: u16,
    /// Directory of recorded candles, one folder a product
    #[arg(long, value_name = "DIR", conflicts_with = "seed", requires = "as_of")]
    pub(crate) data: Option<PathBuf>,
    /// Seed of the modelled market
    #[arg(long, value_name = "N", default_value_t = 247)]
    pub(crate) seed: u64,
    /// The venue's time at the start, RFC 3339 in UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) as_of: Option<Timestamp>,
    /// Venue seconds in a second
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = parse_factor)]
    pub(crate) speed: f64,
    /// What goes wrong
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// A directory with further scenarios
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Say which scenarios there are, and end
    #[arg(long)]
    pub(crate) list_scenarios: bool,
    /// An account and its funds, such as main:USD=10000,BTC=0.5; may be given again
    #[arg(long = "account", value_name = "NAME:FUNDS", value_parser = parse_account)]
    pub(crate) accounts: Vec<(String, Vec<(Asset, Decimal)>)>,
    /// What an order with a client order id that was used before gets
    #[arg(long, value_enum, default_value = "first")]
    pub(crate) repeated_id: RepeatedIdArg,
    /// What a request for more than 350 candles gets
    #[arg(long, value_enum, default_value = "newest")]
    pub(crate) too_many_candles: TooManyCandlesArg,
    /// Issue a key of the kind that Coinbase retired in 2025 too, for old clients
    #[arg(long)]
    pub(crate) legacy_keys: bool,
    /// Where keys and the certificate are written
    #[arg(long, value_name = "DIR", default_value = "venue")]
    pub(crate) dir: PathBuf,
    /// How to print where it is
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// A client order id twice: Coinbase documents the first, and has a reason for the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RepeatedIdArg {
    /// The first order's answer; no new order
    First,
    /// A refusal: `DUPLICATE_CLIENT_ORDER_ID`
    Refusal,
}

/// Too many candles: clients have met both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TooManyCandlesArg {
    /// The newest 350
    Newest,
    /// A refusal: 400
    Refusal,
}

pub(super) fn parse_product(text: &str) -> Result<ProductId, String> {
    text.to_uppercase().parse().map_err(|e: domain::IdError| e.to_string())
}

fn parse_granularity(text: &str) -> Result<Granularity, String> {
    let all = Granularity::ALL.map(Granularity::as_str).join(", ");
    text.parse().map_err(|()| format!("give one of {all}"))
}

/// `NAME:ASSET=AMOUNT,…`
fn parse_account(text: &str) -> Result<(String, Vec<(Asset, Decimal)>), String> {
    let form = || "give NAME:ASSET=AMOUNT,…, such as main:USD=10000,BTC=0.5".to_owned();
    let (name, funds) = text.split_once(':').ok_or_else(form)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("{name:?} is no name: letters, digits, - and _ are right"));
    }
    let fund = |part: &str| {
        let (asset, amount) = part.split_once('=').ok_or_else(form)?;
        let asset: Asset = asset.parse().map_err(|e: domain::IdError| e.to_string())?;
        let amount = Decimal::from_str_exact(amount).ok().filter(|a| *a >= Decimal::ZERO);
        Ok((asset, amount.ok_or_else(|| format!("{part:?} has no amount of 0 or more"))?))
    };
    Ok((name.to_owned(), funds.split(',').map(fund).collect::<Result<_, String>>()?))
}
