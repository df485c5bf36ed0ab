//! How a served venue is set up.

use std::path::PathBuf;
use std::time::Duration;

use domain::{Asset, Bps, Fees, NumError};
use exchange_sim::Market;
use rust_decimal::Decimal;

use crate::clock::Pace;
use crate::keys::{KeyKind, Permissions};
use crate::limits::Budgets;
use crate::scenario::Scenario;

/// An account, which is one portfolio of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSpec {
    /// The portfolio's name.
    pub name: String,
    /// What it starts with, by currency.
    pub funds: Vec<(Asset, Decimal)>,
    /// Keys to issue for it.
    pub keys: Vec<(KeyKind, Permissions)>,
}

/// What happens to a client order id that was used before. Coinbase documents the first and has
/// a failure reason for the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// The first order is returned and no new one is made.
    ReturnsFirst,
    /// The order is refused with `DUPLICATE_CLIENT_ORDER_ID`.
    Refused,
}

/// What happens when more than 350 candles are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandleExcess {
    /// The newest 350 come.
    NewestKept,
    /// The request is refused.
    Refused,
}

/// How a WebSocket deals with clients that say or hear nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// A connection without a subscription is closed after this.
    pub subscribe_within: Duration,
    /// A connection on which nothing was to be sent is closed after this; `None` never.
    pub idle: Option<Duration>,
}

/// Everything that a server needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where prices come from.
    pub market: Market,
    /// How time passes.
    pub pace: Pace,
    /// What fills cost at the start.
    pub fees: Fees,
    /// At least one.
    pub accounts: Vec<AccountSpec>,
    /// Port for plain HTTP and `ws`; 0 is any free one, `None` is none.
    pub http_port: Option<u16>,
    /// Port for TLS and `wss`; 0 is any free one, `None` is none.
    pub tls_port: Option<u16>,
    /// Where keys and the certificate are written; `None` writes nothing.
    pub dir: Option<PathBuf>,
    /// What goes wrong.
    pub scenario: Option<Scenario>,
    /// Request budgets; `None` limits nothing.
    pub budgets: Option<Budgets>,
    /// Client order ids used twice.
    pub reuse: Reuse,
    /// Too many candles.
    pub candle_excess: CandleExcess,
    /// Idle connections.
    pub patience: Patience,
    /// Makes ids differ between two runs; the same salt and requests give the same ids.
    pub salt: u64,
}

impl Config {
    /// Coinbase's behaviour where it is known, on free ports, from now on, in real time: its
    /// budgets and entry fees, five seconds to subscribe, the newest candles of too many, the first
    /// order for a repeated id.
    ///
    /// # Errors
    /// None in practice: the constants are valid, as a test shows.
    pub fn new(market: impl Into<Market>, accounts: Vec<AccountSpec>) -> Result<Self, NumError> {
        let bps = |n: i64| Bps::new(Decimal::from(n));
        Ok(Self {
            market: market.into(),
            pace: Pace::Running { from: None, speed: 1.0 },
            fees: Fees { maker_bps: bps(60)?, taker_bps: bps(120)? },
            accounts,
            http_port: Some(0),
            tls_port: None,
            dir: None,
            scenario: None,
            budgets: Some(Budgets::COINBASE),
            reuse: Reuse::ReturnsFirst,
            candle_excess: CandleExcess::NewestKept,
            patience: Patience { subscribe_within: Duration::from_secs(5), idle: None },
            salt: 0,
        })
    }
}
