//! What can be set about a venue before it opens.

use core::time::Duration;

use domain::{Bps, NumError, Pct, Usd};
use rust_decimal::Decimal;

use super::fees::Tier;

/// How a venue behaves. [`Terms::shipped`] is the default; each field can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// From which all ids are computed.
    pub seed: u64,
    /// Fee tiers by 30-day volume, lowest first; the first begins at 0.
    pub tiers: Vec<Tier>,
    /// What a used client order id does.
    pub repeated_id: RepeatedId,
    /// How long things take; nothing by default.
    pub delays: Delays,
    /// Open orders that an account may have on one product.
    pub max_open_per_product: usize,
    /// Accepted edits that an order may have.
    pub max_edits: u32,
    /// How far ahead the end of an order may be.
    pub max_life: Duration,
    /// How far from the last trade a market order may fill.
    pub market_band: Pct,
    /// The same where both currencies are dollars.
    pub stable_band: Pct,
    /// By which factor a limit, stop or trigger price may differ from the last trade, up or down.
    pub limit_reach: Decimal,
    /// How much worse than its trigger the limit of a bracket's stop is.
    pub bracket_slack: Pct,
    /// Whether each product in USD answers to its USDC name too: one book, two purses.
    pub usdc_aliases: bool,
    /// Events kept for followers; older ones are forgotten.
    pub log_capacity: usize,
    /// Own trades kept a product for the tape; older ones are forgotten.
    pub tape_capacity: usize,
}

impl Terms {
    /// Coinbase's documented values where there are any: one fee tier (60 and 120 bps, its entry
    /// tier of 2026; the whole ladder is shown to logged-in customers only), existing orders
    /// returned for used ids, bands of 10 % and 1 %, 5 % below a bracket's trigger. Ours: no delays,
    /// 500 open orders a product, 100 edits, 90 days, a factor of 10.
    ///
    /// # Errors
    /// None in practice: the constants are valid, as a test shows.
    pub fn shipped() -> Result<Self, NumError> {
        let pct = |n: i64| Pct::new(Decimal::from(n));
        let entry = Tier {
            name: "Intro 1".to_owned(),
            from: Usd::ZERO,
            maker: Bps::new(Decimal::from(60))?,
            taker: Bps::new(Decimal::from(120))?,
        };
        Ok(Self {
            seed: 0,
            tiers: vec![entry],
            repeated_id: RepeatedId::ReturnExisting,
            delays: Delays::default(),
            max_open_per_product: 500,
            max_edits: 100,
            max_life: Duration::from_hours(90 * 24),
            market_band: pct(10)?,
            stable_band: pct(1)?,
            limit_reach: Decimal::TEN,
            bracket_slack: pct(5)?,
            usdc_aliases: true,
            log_capacity: 100_000,
            tape_capacity: 10_000,
        })
    }
}

/// What a client order id does that its account used before. Coinbase documents the first and
/// lists a reason for the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatedId {
    /// The order that has it is returned; nothing new is made.
    ReturnExisting,
    /// Refused with `DUPLICATE_CLIENT_ORDER_ID`.
    Refuse,
    /// A second order is made.
    Allow,
}

/// How long the venue takes between hearing something and doing it, in venue time. With a delay of
/// nothing it is done before the call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delays {
    /// `PENDING` before an order reaches the book.
    pub entry: Duration,
    /// `CANCEL_QUEUED` before a cancel is done.
    pub cancel: Duration,
    /// `EDIT_QUEUED` before an edit is done.
    pub edit: Duration,
}
