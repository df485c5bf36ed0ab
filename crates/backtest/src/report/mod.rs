//! What a run came to, as one value: everything that is printed, drawn or written is made of it.

mod assumptions;
mod build;
mod chart;
mod costs;
mod exposure;
mod groups;
mod holding;
mod judged;
mod orders;

use domain::{Granularity, ProductId, Timestamp, Usd};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::metrics::{Drawdown, Interval, Measure};

pub use build::Described;
pub use chart::{Candle, Chart};
pub use costs::Costs;
pub use exposure::{ClusterUse, Exposure};
pub use groups::{Group, Period, TradeRow};
pub(crate) use holding::close_at;
pub use holding::{Held, Sample};
pub use judged::{Judged, LimitUse};
pub use orders::OrderCounts;

/// The layout of the JSON. 2: exposure by cluster, limits, candles, and what costs took.
pub const SCHEMA: u32 = 2;

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What was run.
    pub inputs: Inputs,
    /// Everything that is assumed, in the order in which it is printed.
    pub assumptions: Vec<Assumption>,
    /// What a reader must know before believing anything.
    pub warnings: Vec<String>,
    /// The account.
    pub account: AccountSummary,
    /// Figures by exact definitions.
    pub figures: Figures,
    /// Fees, slippage, and what they may be.
    pub costs: Costs,
    /// What holding would have done.
    pub holding: Vec<Held>,
    /// How many events passed each gate, and why not.
    pub funnel: Funnel,
    /// What became of orders.
    pub orders: OrderCounts,
    /// Coins by cluster, and how close that came to the caps.
    pub exposure: Exposure,
    /// What the independent checker found; none where nobody ran it.
    pub judged: Option<Judged>,
    /// Closed trades by product.
    pub by_product: Vec<Group>,
    /// By the kind of event behind the entry.
    pub by_trigger: Vec<Group>,
    /// By why they were sold.
    pub by_exit: Vec<Group>,
    /// By UTC month.
    pub months: Vec<Period>,
    /// By UTC day.
    pub days: Vec<Period>,
    /// Every trade, open ones last.
    pub trades: Vec<TradeRow>,
    /// The account and its alternatives, evenly in time.
    pub curve: Vec<Sample>,
    /// Candles of what was traded most.
    pub charts: Vec<Chart>,
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inputs {
    /// The first decision.
    pub from: Timestamp,
    /// The last one at most.
    pub to: Timestamp,
    /// The finest bars.
    pub granularity: Granularity,
    /// From decision to decision, seconds.
    pub interval_secs: i64,
    /// Hash of the effective configuration.
    pub config_hash: String,
    /// Hash of the policy.
    pub policy_hash: String,
    /// What was played.
    pub products: Vec<Played>,
    /// Products with bars whose increments nobody knows: not traded.
    pub without_increments: Vec<ProductId>,
    /// Bars of all products that closed in the span.
    pub product_bars: u64,
    /// Seconds of the span without data from any product.
    pub gap_secs: i64,
}

/// One product's bars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// Whose.
    pub product: ProductId,
    /// The file, within the data directory.
    pub file: String,
    /// Their length.
    pub granularity: Granularity,
    /// The first bar, warm-up included.
    pub first: Option<Timestamp>,
    /// The end of the last.
    pub end: Option<Timestamp>,
    /// How many, warm-up included.
    pub bars: u64,
    /// The last close against the last one before the span, percent.
    pub change_pct: Option<f64>,
}

/// Something the result rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What it is about.
    pub about: &'static str,
    /// What is assumed.
    pub text: String,
}

/// The account over the span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountSummary {
    /// At the start.
    pub start_usd: Usd,
    /// At the last decision: cash, and coins at the bid.
    pub end_marked_usd: Option<Usd>,
    /// The same if all were sold at the bid for a taker's fee.
    pub end_closed_usd: Option<Usd>,
    /// `end_marked_usd − start_usd`.
    pub profit_usd: Option<Usd>,
    /// The same, percent of the start.
    pub profit_pct: Measure,
    /// The lowest and the highest worth.
    pub lowest_usd: Measure,
    /// See [`Self::lowest_usd`].
    pub highest_usd: Measure,
    /// Decisions.
    pub decisions: u64,
    /// Decisions by how they ended.
    pub statuses: BTreeMap<&'static str, u64>,
    /// Decisions by regime.
    pub regimes: BTreeMap<&'static str, u64>,
}

/// Figures by the definitions of [`crate::metrics`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Closed trades.
    pub trades: u64,
    /// Whole UTC days.
    pub days: u64,
    /// Whether that is too little to say anything.
    pub too_short: bool,
    /// Percent a year.
    pub cagr_pct: Measure,
    /// Of daily returns.
    pub sharpe: Measure,
    /// Its 90 % interval.
    pub sharpe_90: Option<Interval>,
    /// The 90 % interval of the whole return, percent.
    pub return_90_pct: Option<Interval>,
    /// The chance that the true Sharpe ratio is above 0.
    pub probabilistic_sharpe: Measure,
    /// The same after so many trials; a single run knows of none.
    pub deflated_sharpe: Measure,
    /// Of daily returns.
    pub sortino: Measure,
    /// CAGR over the maximum drawdown.
    pub calmar: Measure,
    /// On every decision's worth.
    pub drawdown: Drawdown,
    /// Of closed trades, net of fees.
    pub profit_factor: Measure,
    /// Percent.
    pub win_rate_pct: Measure,
    /// Dollars a closed trade.
    pub expectancy_usd: Measure,
    /// Multiples of what the stop would have lost.
    pub expectancy_r: Measure,
    /// Of closed trades.
    pub sqn: Measure,
    /// Percent of the account in coins, by time.
    pub exposure_pct: Measure,
    /// Percent of the account a day.
    pub turnover_pct_a_day: Measure,
    /// Simple returns of whole UTC days, for further figures; `days` of the report has them to read.
    #[serde(skip)]
    pub day_returns: Vec<f64>,
}

/// How many events passed each gate. An event counts once, however many decisions looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Funnel {
    /// Product-decisions in the universe.
    pub members: u64,
    /// Product-decisions out of it, by reason.
    pub excluded: BTreeMap<&'static str, u64>,
    /// Fresh events.
    pub triggers: u64,
    /// Those by kind.
    pub triggers_by_kind: BTreeMap<&'static str, u64>,
    /// Events that filters and rules refused at some decision, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Events that became proposals.
    pub proposed: u64,
    /// Events that the policy refused at some decision, by reason.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Events that were approved.
    pub approved: u64,
    /// Entries sent.
    pub sent: u64,
    /// Entries of which anything filled.
    pub filled: u64,
    /// Why entries went no further.
    pub given_up: BTreeMap<String, u64>,
    /// Proposals to sell within decisions; most are made between two of them, when prices move.
    pub exits_proposed: u64,
    /// Sales that the policy refused, by reason.
    pub exits_rejected: BTreeMap<&'static str, u64>,
}

impl Report {
    /// Why the run says nothing, if so: a stage failed, or nothing was ever proposed.
    pub fn void(&self) -> Option<String> {
        if let Some(failed) = self.account.statuses.get("ERROR") {
            return Some(format!("a stage failed in {failed} decisions; see the warnings"));
        }
        (self.funnel.proposed == 0).then(|| {
            "nothing was proposed: the gates in the funnel say where every event ended".to_owned()
        })
    }
}
