//! Money and coins that come and go without a fill of ours, and coins that were given to the bot.

use serde::{Deserialize, Serialize};

use crate::{Amount, Asset, BaseQty, ExitPlan, LotId, Price, ProductId, Tier, Timestamp, Usd};

/// The number of a flow within one journal: dense, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlowId(pub u64);

/// What a flow was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// It was there when the records began.
    Opening,
    /// Somebody paid in: neither a gain nor a loss.
    Deposit,
    /// Somebody took out: neither a gain nor a loss.
    Withdrawal,
    /// Interest or a gift of the venue: a gain.
    Reward,
    /// A charge of the venue, or something that will never be explained: a loss.
    Cost,
}

impl FlowKind {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Deposit => "deposit",
            Self::Withdrawal => "withdrawal",
            Self::Reward => "reward",
            Self::Cost => "cost",
        }
    }

    /// Whether it can be what a change of this sign was.
    pub fn fits(self, change: Amount) -> bool {
        let gained = change.get().is_sign_positive();
        match self {
            Self::Opening => true,
            Self::Deposit | Self::Reward => gained,
            Self::Withdrawal | Self::Cost => !gained,
        }
    }
}

/// A balance changed by what fills, fees and holds do not explain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// When it was seen, by the venue's clock.
    pub at: Timestamp,
    /// Its number.
    pub flow: FlowId,
    /// What changed.
    pub asset: Asset,
    /// By how much: more is positive.
    pub change: Amount,
    /// What that was worth when it was seen, with its sign; `None` when there was no mark.
    pub usd: Option<Usd>,
    /// What it was, where that needs no person; `None` is unexplained.
    pub kind: Option<FlowKind>,
}

/// An operator said what a flow was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowConfirmed {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub flow: FlowId,
    /// What had changed, said again so that nobody has to look for the flow.
    pub asset: Asset,
    /// By how much.
    pub change: Amount,
    /// What that was worth when it was seen, with its sign.
    pub usd: Option<Usd>,
    /// What it was.
    pub kind: FlowKind,
    /// Why, for a person.
    pub reason: String,
}

impl FlowConfirmed {
    /// Coins of the bot that are gone for good, if that is what it says. Of a currency that pays
    /// it is money, which is nobody's lot.
    pub fn coins_gone(&self) -> Option<BaseQty> {
        let gone = matches!(self.kind, FlowKind::Withdrawal | FlowKind::Cost);
        let qty = BaseQty::new(self.change.get().abs()).ok()?;
        (gone && self.change.get().is_sign_negative()).then_some(qty)
    }
}

/// An operator gave coins to the bot: from here on they are a lot of its own. Only this word makes
/// coins that it did not buy its to sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// When.
    pub at: Timestamp,
    /// The lot they become; it takes the next number of an intent, so that lots stay in order.
    pub lot: LotId,
    /// The product they will be sold on.
    pub product: ProductId,
    /// Its base currency.
    pub asset: Asset,
    /// The tier that their exposure counts in.
    pub tier: Tier,
    /// How much.
    pub qty: BaseQty,
    /// What one unit counts as paid for.
    pub price: Price,
    /// How the lot will be left.
    pub plan: ExitPlan,
    /// The name of the request that asked for it: one request is one lot, however often it is read.
    #[serde(default)]
    pub request: Option<String>,
    /// Why, for a person.
    pub reason: String,
}

/// An operator keeps a product out of the universe for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flagged {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub product: ProductId,
    /// Until when.
    pub until: Timestamp,
    /// Why, for a person.
    pub reason: String,
}
