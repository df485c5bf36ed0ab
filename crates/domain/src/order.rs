//! Facts about orders: what was sent, what the venue shows of it, what it filled, how it ended.

use serde::{Deserialize, Serialize};

use crate::{
    Asset, BaseQty, BootId, Bracket, ClientOrderId, ExitPlan, GrantRef, IntentId, JournalId, LotId,
    Price, ProductId, QuoteAmt, Side, Tier, Timestamp,
};

/// What names the orders of a process: after each boot, before its first intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesFact {
    /// When.
    pub at: Timestamp,
    /// The journal; random when it was begun, and said again by each boot.
    pub journal: JournalId,
    /// The process; random at each boot.
    pub boot: BootId,
}

impl NamesFact {
    /// The client order id of an intent of this process.
    pub fn client_order_id(&self, intent: IntentId) -> ClientOrderId {
        ClientOrderId::of(self.journal, self.boot, intent)
    }
}

/// How long an order lives at the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Rests, never takes, and the venue ends it at the given time: the dead man's switch.
    PostOnlyUntil(Timestamp),
    /// Takes what it gets at once, within its limit; the rest is cancelled.
    ImmediateOrCancel,
    /// Rests until it is cancelled, and sells at its target or at its stop, whichever comes first.
    Bracket(Bracket),
}

impl TimeInForce {
    /// When the venue ends the order by itself, where it does.
    pub const fn expires(self) -> Option<Timestamp> {
        match self {
            Self::PostOnlyUntil(end) => Some(end),
            Self::ImmediateOrCancel | Self::Bracket(_) => None,
        }
    }

    /// The two prices of a bracket.
    pub const fn bracket(self) -> Option<Bracket> {
        match self {
            Self::Bracket(bracket) => Some(bracket),
            Self::PostOnlyUntil(_) | Self::ImmediateOrCancel => None,
        }
    }
}

/// An order that is about to be sent, with its worst case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentFact {
    /// When.
    pub at: Timestamp,
    /// Its number.
    pub intent: IntentId,
    /// What.
    pub product: ProductId,
    /// Its base currency.
    pub asset: Asset,
    /// The product's tier when it was decided.
    pub tier: Tier,
    /// Buy or sell.
    pub side: Side,
    /// Base units.
    pub qty: BaseQty,
    /// The limit: no fill is worse.
    pub limit: Price,
    /// What it may cost at most with fees, in quote currency; 0 for a sale.
    pub worst_case: QuoteAmt,
    /// How an entry will be left.
    pub plan: Option<ExitPlan>,
    /// What allowed it; absent in facts of versions that did not say.
    #[serde(default)]
    pub grant: Option<GrantRef>,
    /// The entry whose remainder this is: a next step of it (reprice, take) counts in no pacing
    /// and stays within what was approved for the parent.
    #[serde(default)]
    pub parent: Option<IntentId>,
    /// Its life at the venue; absent in facts of versions that did not say.
    #[serde(default)]
    pub time_in_force: Option<TimeInForce>,
}

impl IntentFact {
    /// Of an order that protects a lot at the venue: its two prices.
    pub const fn bracket(&self) -> Option<Bracket> {
        match self.time_in_force {
            Some(life) => life.bracket(),
            None => None,
        }
    }

    /// The limit that a venue shows of it: of a bracket its target, otherwise its own.
    pub const fn shown_limit(&self) -> Price {
        match self.bracket() {
            Some(bracket) => bracket.target,
            None => self.limit,
        }
    }
}

/// Where an order is in its life, in the venue's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VenueStatus {
    /// Taken, not on the book yet.
    Pending,
    /// On the book, or waiting for its trigger.
    Open,
    /// All of it is filled.
    Filled,
    /// Cancelled; part of it may be filled.
    Cancelled,
    /// Its time was over; part of it may be filled.
    Expired,
    /// The venue could not carry it out; part of it may be filled.
    Failed,
    /// The venue does not say, or a word that nobody knows.
    Unknown,
    /// Waiting to be processed.
    Queued,
    /// A cancel waits to be processed.
    CancelQueued,
    /// An edit waits to be processed.
    EditQueued,
}

impl VenueStatus {
    /// Every status.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Open,
        Self::Filled,
        Self::Cancelled,
        Self::Expired,
        Self::Failed,
        Self::Unknown,
        Self::Queued,
        Self::CancelQueued,
        Self::EditQueued,
    ];

    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Open => "OPEN",
            Self::Filled => "FILLED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN_ORDER_STATUS",
            Self::Queued => "QUEUED",
            Self::CancelQueued => "CANCEL_QUEUED",
            Self::EditQueued => "EDIT_QUEUED",
        }
    }

    /// What Coinbase's word means; a word that nobody knows says nothing.
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.as_str() == word).unwrap_or(Self::Unknown)
    }

    /// Whether nothing can happen to an order after it, but that what it filled is told late.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Expired | Self::Failed)
    }
}

/// An own order as it was seen at the venue. Reports may come twice and in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReport {
    /// When it was seen.
    pub at: Timestamp,
    /// Which.
    pub intent: IntentId,
    /// The venue's id of it.
    pub venue_order_id: String,
    /// Where it is in its life.
    pub status: VenueStatus,
    /// Base units filled in all.
    pub filled: BaseQty,
    /// What those cost on average, without fees; `None` when nothing is filled.
    #[serde(default)]
    pub average_price: Option<Price>,
    /// All fees so far, in quote currency, where the venue says.
    #[serde(default)]
    pub fees: Option<QuoteAmt>,
    /// When the venue made it, where it says.
    #[serde(default)]
    pub created: Option<Timestamp>,
    /// When it last changed, where the venue says.
    #[serde(default)]
    pub updated: Option<Timestamp>,
}

/// What a fill does to the books.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FillKind {
    /// Adds.
    #[default]
    Fill,
    /// Adds, without a trade on the book.
    Synthetic,
    /// Takes an earlier one of the same trade back.
    Reversal,
    /// Replaces an earlier one of the same trade.
    Correction,
}

/// Whether a fill rested or took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    /// It rested.
    Maker,
    /// It took.
    Taker,
}

/// A fill. Keyed by `entry_id`: applied once, whatever arrives how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The venue's id of it.
    pub entry_id: String,
    /// The order.
    pub intent: IntentId,
    /// When, by the venue.
    pub at: Timestamp,
    /// What.
    pub product: ProductId,
    /// Its base currency.
    pub asset: Asset,
    /// Buy or sell.
    pub side: Side,
    /// Base units.
    pub qty: BaseQty,
    /// At which price.
    pub price: Price,
    /// What it cost, in quote currency.
    pub fee: QuoteAmt,
    /// What it does to the books.
    #[serde(default)]
    pub kind: FillKind,
    /// The trade: by it a reversal or a correction names what it is about.
    #[serde(default)]
    pub trade_id: Option<String>,
    /// Whether it rested or took, where the venue says.
    #[serde(default)]
    pub liquidity: Option<Liquidity>,
}

/// The end of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEnd {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub intent: IntentId,
    /// Base units filled in all.
    pub filled: BaseQty,
    /// How; absent in facts of versions that did not say.
    #[serde(default)]
    pub how: Option<Ending>,
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All of it is filled.
    Filled,
    /// It was cancelled.
    Cancelled,
    /// Its time was over.
    Expired,
    /// The venue could not carry it out.
    Failed,
    /// The venue never had it.
    Absent(Absence),
}

/// What an order's absence at the venue rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Two complete listings that had to show it and do not.
    Listings {
        /// When the first was asked for.
        first: Timestamp,
        /// When the second was asked for.
        second: Timestamp,
    },
    /// An operator looked and said so.
    Operator {
        /// Why, for a person.
        reason: String,
    },
}

/// Who watches over a lot from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectionFact {
    /// Since when.
    pub at: Timestamp,
    /// Which lot.
    pub lot: LotId,
    /// Who.
    pub by: Protector,
}

/// Who sells a lot at its stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protector {
    /// Nobody: one lets go, and the next does not hold yet.
    Nobody,
    /// The program, while it runs.
    Engine,
    /// An order that rests at the venue.
    Venue {
        /// Which.
        intent: IntentId,
    },
}
