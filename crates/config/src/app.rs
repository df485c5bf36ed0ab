//! `app.yaml`: how the program runs.

use domain::{Mode, Timestamp, Usd};
use exchange_coinbase::Address;
use execution::{ExecutionTerms, OrderTerms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::EnvPath;
use crate::env::Lookup;

/// How the program runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// What becomes of approved orders. A missing mode is an error, never a default.
    pub mode: Mode,
    /// Where records are kept; `${NAME}` stands for an environment variable.
    pub data_dir: EnvPath,
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
    /// How long an entry is tried, and how late a venue's lists may be.
    pub orders: OrderTerms,
}

/// The pace of the loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopSettings {
    /// From the start of one cycle to the start of the next, minutes; fractions allowed.
    #[schemars(range(min = 0.01, max = 1440))]
    pub interval_minutes: f64,
    /// A cycle that waits for the clock starts up to so much later, seconds.
    #[schemars(range(min = 0, max = 60))]
    pub jitter_secs: f64,
    /// How often the venue's products are read again, minutes.
    #[schemars(range(min = 1, max = 1440))]
    pub catalog_minutes: u32,
    /// How often balances and fees are read again, minutes.
    #[schemars(range(min = 1, max = 60))]
    pub account_minutes: u32,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordSettings {
    /// Cycle records older than so many days of venue time are deleted; facts never are.
    #[schemars(range(min = 1, max = 3650))]
    pub keep_cycles_days: u32,
}

/// Which venue, and whether orders may reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeSettings {
    /// Which.
    pub venue: Venue,
    /// While true no order endpoint is ever called, whatever the mode.
    pub read_only: bool,
    /// Coinbase's REST: one of its own hosts over TLS, or this machine.
    #[schemars(extend("format" = "rest-address"))]
    pub api_base: String,
    /// Coinbase's market data over WebSocket: its own host over TLS, or this machine.
    #[schemars(extend("format" = "market-address"))]
    pub ws_base: String,
    /// Coinbase's own-order data over WebSocket: its own host over TLS, or this machine.
    #[schemars(extend("format" = "user-address"))]
    pub ws_user_base: String,
}

impl ExchangeSettings {
    /// Three addresses of which some are this machine and some are not would mix two venues.
    fn problems(&self) -> Vec<(String, String)> {
        let Self { api_base, ws_base, ws_user_base, .. } = self;
        let (rest, streams) = (
            Address::rest(api_base),
            [
                ("ws_base", ws_base, Address::market_data(ws_base)),
                ("ws_user_base", ws_user_base, Address::user_data(ws_user_base)),
            ],
        );
        let Ok(rest) = rest else { return Vec::new() };
        let whose = |loopback| if loopback { "this machine" } else { "Coinbase" };
        let mut found = Vec::new();
        for (key, text, address) in streams {
            if let Ok(address) = address
                && address.is_loopback() != rest.is_loopback()
            {
                let text = format!(
                    "{text} is {} and exchange.api_base is {}: give addresses of one venue",
                    whose(address.is_loopback()),
                    whose(rest.is_loopback())
                );
                found.push((key.to_owned(), text));
            }
        }
        found
    }
}

/// A venue we can talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Venue {
    /// The embedded one.
    Simulated,
    /// Coinbase Advanced Trade, or a venue that speaks its protocol on this machine.
    Coinbase,
}

impl Venue {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::Coinbase => "coinbase",
        }
    }
}

/// The configured account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperSettings {
    /// Dollars to begin with.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub start_cash_usd: Usd,
}

/// The seeded market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationSettings {
    /// Same seed, same market.
    pub seed: u64,
    /// The moment a cycle decides for.
    pub as_of: Timestamp,
}

impl App {
    /// What the values cannot mean together; what each may be alone is in the schema.
    pub(crate) fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let pace = &self.pace;
        if pace.jitter_secs >= pace.interval_minutes * 60.0 {
            let (jitter, minutes) = (pace.jitter_secs, pace.interval_minutes);
            let text = format!(
                "{jitter} is as long as the cycle: loop.interval_minutes is {minutes}; give less"
            );
            found.push(("loop.jitter_secs".to_owned(), text));
        }
        let addresses = self.exchange.problems().into_iter();
        found.extend(addresses.map(|(key, what)| (format!("exchange.{key}"), what)));
        let terms = self.execution.problems().into_iter();
        found.extend(terms.map(|(key, what)| (format!("execution.{key}"), what)));
        let orders = self.orders.problems(&self.execution).into_iter();
        found.extend(orders.map(|(key, what)| (format!("orders.{key}"), what)));
        found
    }

    /// The same with the environment's variables in place.
    pub(crate) fn in_environment(self, env: Lookup<'_>) -> Result<Self, (&'static str, String)> {
        let data_dir = self.data_dir.expanded(env).map_err(|why| ("data_dir", why))?;
        Ok(Self { data_dir, ..self })
    }
}
