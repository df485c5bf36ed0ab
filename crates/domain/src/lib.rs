//! The vocabulary of 247trader: ids, exact money, products, bars, quotes and books, and every
//! value that crosses a stage, from [`Features`] to [`CycleRecord`].
//!
//! ```
//! use domain::{BaseQty, Price};
//!
//! let price = Price::parse("44150.01")?;
//! let qty = BaseQty::parse("0.00200000")?;
//! assert_eq!(price.times(qty)?.to_string(), "88.30002");
//! assert!(Price::parse("0.12345678901234567890123456789").is_err(), "never rounded in silence");
//! # Ok::<(), domain::NumError>(())
//! ```
//!
//! # Promises
//! - D-05: a price, a size or an amount is an exact decimal. Signals are `f64`. The only ways from
//!   one to the other are [`quantize`] and [`Pct::floor_signal`], and both refuse what does not fit.
//! - D-04: [`Bars`] are strictly increasing in time and every value in them is finite.
//! - Reasons are closed sets of snake_case words ([`Exclusion`], [`RiskCode`], ...); each has a
//!   sentence a person can read.
//!
//! # Not here
//! Decisions, wire formats, clocks that read the machine's time ([`Clock`] is only the port),
//! files, sockets, logs.

mod account;
mod bar;
mod book;
mod bracket;
mod code;
mod control;
mod exit;
mod fact;
mod features;
mod flow;
mod id;
mod market;
mod num;
mod order;
pub mod planted;
mod product;
mod proposal;
mod quantize;
mod raw;
mod reconcile;
mod record;
mod regime;
#[cfg(feature = "schema")]
pub mod schema;
mod tally;
mod time;
mod trigger;
mod universe;

pub use account::{AccountId, Fees, Mode, Purse};
pub use bar::{Bar, BarError, Bars, Gap, Granularity};
pub use book::{Book, BookFault, Level, Quote, Source};
pub use bracket::Bracket;
pub use code::{Absent, Exclusion, NoTrade, RiskCode, RuleRefusal};
pub use control::{ControlState, Latch};
pub use exit::{ExitPlan, ExitReason, Lot, LotId};
pub use fact::{Approval, Fact, RunKind, Trouble, remembered};
pub use features::{Feature, Features, HourFeatures, Outlier, SlotFeatures, Swing};
pub use flow::{Adoption, Flagged, Flow, FlowConfirmed, FlowId, FlowKind};
pub use id::{
    Asset, BootId, ClientOrderId, CycleId, IdError, IntentId, JournalId, PolicyHash, ProductId,
    VerdictId,
};
pub use market::{Glance, MarketView, ProductMarket};
pub use num::{Amount, BaseQty, Bps, NumError, Pct, Price, QuoteAmt, Usd};
pub use order::{
    Absence, Ending, Fill, FillKind, IntentFact, Liquidity, NamesFact, OrderEnd, OrderReport,
    ProtectionFact, Protector, TimeInForce, VenueStatus,
};
pub use product::{Product, ProductStatus, TradingLimits};
pub use proposal::{Entry, Exit, Proposal, ProposalId, Reviewed, Side};
pub use quantize::{Round, as_signal, quantize, to_signal};
pub use raw::{
    BalancesFact, Grant, GrantRef, Mark, MarketFact, MarksFact, PolicyFact, SubmitFact,
    SubmitOutcome,
};
pub use reconcile::{Finding, FindingCode, Grade, ReconciledFact};
pub use record::{
    BaseTrade, CycleRecord, CycleStatus, Excluded, Judged, PlannedOrder, Rejection, Stage,
};
pub use regime::Regime;
pub use tally::Tally;
pub use time::{Clock, Instants, ManualClock, TimeError, Timestamp};
pub use trigger::{
    Confirmations, Evidence, PriceMoveRow, Severity, Trigger, TriggerId, TriggerKind,
};
pub use universe::{Member, PerTier, Tier, Universe};
