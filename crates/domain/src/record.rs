//! One cycle with everything that went into it and came out of it: it can be explained and run
//! again.

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, CycleId, Entry, Exclusion, Exit, Features, Fees, Mode, NoTrade, PolicyHash,
    ProductId, ProductMarket, Proposal, Purse, QuoteAmt, Regime, RiskCode, RuleRefusal, Tier,
    Timestamp, Trigger, Universe, Usd,
};

/// How a cycle ended: the first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CycleStatus {
    /// A stage failed.
    Error,
    /// Control is not ACTIVE.
    Halted,
    /// An order was accepted or filled in this cycle.
    Executed,
    /// Something was approved, and DRY_RUN left it at that.
    ApprovedDryRun,
    /// Every proposal was refused, or data was missing.
    NoTrade,
    /// Data was complete and nothing was proposed.
    NoOpportunities,
}

impl CycleStatus {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Halted => "HALTED",
            Self::Executed => "EXECUTED",
            Self::ApprovedDryRun => "APPROVED_DRY_RUN",
            Self::NoTrade => "NO_TRADE",
            Self::NoOpportunities => "NO_OPPORTUNITIES",
        }
    }
}

/// The stage that refused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Who may be traded.
    Universe,
    /// What happened.
    Triggers,
    /// What to propose.
    Rules,
    /// What is allowed.
    Risk,
    /// How to send it.
    Execution,
}

/// A product that is not in the universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Which.
    pub product: ProductId,
    /// Why not.
    pub code: Exclusion,
}

/// One refusal, with the limit and what it met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejection<C> {
    /// Which product.
    pub product: ProductId,
    /// The event it was about, when there is one.
    pub trigger: Option<crate::TriggerId>,
    /// Why.
    pub code: C,
    /// The limit in the unit of its name, when there is one.
    pub limit: Option<f64>,
    /// What was found, in the same unit.
    pub found: Option<f64>,
}

/// An approved entry with its size after the policy, and where it would be left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseTrade {
    /// The proposal as it was made.
    pub entry: Entry,
    /// Dollars approved, without fees.
    pub notional: Usd,
    /// The same as percent of the sizing NAV.
    pub size_pct: f64,
}

/// Everything about one cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CycleRecord {
    /// The record's layout.
    pub schema: u32,
    /// Which.
    pub id: CycleId,
    /// The moment it decided for.
    pub as_of: Timestamp,
    /// The mode.
    pub mode: Mode,
    /// `simulated` or `coinbase`.
    pub venue: String,
    /// Whose records.
    pub account: AccountId,
    /// Hash of the effective configuration.
    pub config_hash: String,
    /// How it ended.
    pub status: CycleStatus,
    /// Why nothing was traded.
    pub no_trade_reason: Option<NoTrade>,
    /// The weather.
    pub regime: Regime,
    /// Who was in and out.
    pub universe: Universe,
    /// The features that were read.
    pub features: Vec<Features>,
    /// All triggers, fresh or standing.
    pub triggers: Vec<Trigger>,
    /// Why triggers did not become proposals.
    pub refused: Vec<(Stage, Rejection<RuleRefusal>)>,
    /// What was proposed.
    pub proposals: Vec<Proposal>,
    /// What was approved.
    pub base_trades: Vec<BaseTrade>,
    /// What the policy refused.
    pub rejections: Vec<Rejection<RiskCode>>,
    /// Orders as they would be or were sent.
    pub orders: Vec<PlannedOrder>,
    /// Exits that were approved.
    pub exits: Vec<Exit>,
    /// What the account was worth, when known.
    pub nav: Option<Usd>,
    /// Free and held money.
    pub purses: Vec<Purse>,
    /// What the verdict was made from, where there was anything to judge; absent in records of
    /// schema 1.
    #[serde(default)]
    pub judged: Option<Judged>,
}

/// What a verdict is made from beside the rest of its record and the facts: with it, the same
/// proposals can be judged again, also by another policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The policy in force.
    pub policy: PolicyHash,
    /// How many facts exposure and counters had seen.
    pub fact_number: u64,
    /// The fee rates that counted.
    pub fees: Option<Fees>,
    /// Whether this process was reconciled.
    pub reconciled: bool,
    /// This machine's clock less the venue's, milliseconds, where both were known.
    #[serde(default)]
    pub clock_skew_ms: Option<i64>,
    /// Products that are held or proposed, on whatever product, and those that value a purse;
    /// sorted. Books only where something was proposed.
    pub markets: Vec<ProductMarket>,
}

/// An order as planned from an approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// What.
    pub product: ProductId,
    /// Its tier.
    pub tier: Tier,
    /// Buy or sell.
    pub side: crate::Side,
    /// Base units.
    pub qty: crate::BaseQty,
    /// Limit price.
    pub limit: crate::Price,
    /// Whether it may only rest.
    pub post_only: bool,
    /// When the venue ends it by itself.
    pub expires: Timestamp,
    /// What it costs at most with fees.
    pub worst_case: QuoteAmt,
}
