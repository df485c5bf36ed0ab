//! Raw facts: what a decision saw and what it granted, so that somebody else can check it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Asset, BaseQty, ExitPlan, Fees, IntentId, PolicyHash, Price, ProductId, ProductMarket,
    ProposalId, Purse, QuoteAmt, Regime, Side, Tier, Timestamp, VerdictId,
};

/// A policy as it was in force, and what of the rest of the configuration it is read with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFact {
    /// Since when.
    pub at: Timestamp,
    /// SHA-256 of the text.
    pub hash: PolicyHash,
    /// The whole policy as JSON with sorted keys and no white space.
    pub text: String,
    /// Which assets each cluster names.
    pub clusters: BTreeMap<String, Vec<Asset>>,
    /// The configured fee rates; where the venue's are higher, those count.
    pub fees: Fees,
    /// SHA-256 of the program's file, as lower-case hex: who decides by it. Said by processes that
    /// may send orders; absent in facts of versions that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// What the account held and paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancesFact {
    /// When it was read, by the venue's clock.
    pub at: Timestamp,
    /// Free and held money; none when the account could not be read.
    pub purses: Vec<Purse>,
    /// The venue's fee rates; `None` when they could not be read.
    pub fees: Option<Fees>,
}

/// What valued positions, and money that is not dollars, at a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarksFact {
    /// The moment of the decision.
    pub at: Timestamp,
    /// Sound bids of all products of the assets that are held, sorted by product.
    pub marks: Vec<Mark>,
}

/// What one unit of an asset could be sold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// On which product.
    pub product: ProductId,
    /// The best bid.
    pub bid: Price,
    /// The venue's time up to which the feed vouches for it.
    pub vouched: Timestamp,
}

/// The market of a product that was proposed, or of another one of the same asset. The book of a
/// proposed one is kept as far as any limit looks into it ([`crate::Book::within`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarketFact {
    /// The moment of the decision.
    pub at: Timestamp,
    /// What was known of it.
    pub market: ProductMarket,
}

/// The bounds of an order that the policy allowed: no intent may leave them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// When.
    pub at: Timestamp,
    /// The proposal it answers.
    pub proposal: ProposalId,
    /// What is traded.
    pub product: ProductId,
    /// Its base currency.
    pub asset: Asset,
    /// Buy or sell.
    pub side: Side,
    /// The product's tier; of a sale, the tier it was bought in.
    pub tier: Tier,
    /// The largest value without fees.
    pub max_notional: QuoteAmt,
    /// What a buy may cost at most with fees; 0 for a sale.
    pub worst_case: QuoteAmt,
    /// The largest size.
    pub max_qty: BaseQty,
    /// The highest limit of a buy, the lowest of a sale.
    pub price_bound: Price,
    /// How an entry will be left.
    pub plan: Option<ExitPlan>,
    /// The conviction of an entry.
    pub conviction: Option<f64>,
    /// The weather it was given in.
    pub regime: Regime,
    /// Under which policy, judged at which fact, and until when it holds.
    pub stamp: GrantRef,
}

/// Which grant an intent spends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRef {
    /// The proposal that was granted.
    pub proposal: ProposalId,
    /// The policy it was granted under.
    pub policy: PolicyHash,
    /// How many facts had been taken into account.
    pub fact_number: u64,
    /// The last moment at which it holds.
    pub expires: Timestamp,
    /// The verdict it is part of: its orders were approved with each other counted in, and do not
    /// overtake each other. Absent where an order was approved alone, and in facts of versions that
    /// did not say.
    #[serde(default)]
    pub verdict: Option<VerdictId>,
}

/// What became of a submitted order, as far as can be proved (O-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmitOutcome {
    /// The venue has it, under this id.
    Accepted {
        /// The venue's order id.
        venue_order_id: String,
    },
    /// The venue proved that it does not and will not have it.
    Refused {
        /// The venue's reason.
        reason: String,
    },
    /// Neither is proved; its worst case stays reserved.
    Unknown {
        /// What happened instead of an answer.
        cause: String,
    },
}

/// What the venue said to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitFact {
    /// When.
    pub at: Timestamp,
    /// To which.
    pub intent: IntentId,
    /// What.
    pub outcome: SubmitOutcome,
}
