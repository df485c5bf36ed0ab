//! The REST client: one typed method an endpoint, over one transport that keeps the rules.
//!
//! - **Where**: only [`crate::Address`]es; no redirects, no proxies.
//! - **How often**: a budget for public and one for private requests ([`Limits`]), in which cancels
//!   go before exits, exits before entries and entries before everything else ([`Lane`]). The
//!   venue's own headers are heeded.
//! - **Again**: reads are repeated a few times with full jitter ([`Patience`]); nothing else is.
//! - **How long, how much**: connecting, waiting and the whole exchange have time limits, and each
//!   endpoint has a limit on the size of its reply, kept while it arrives.
//! - **What then**: a read gives a value or a [`RestError`]; an order post gives a
//!   [`PlaceOutcome`], which is `Unknown` unless the reply proves otherwise.

mod accounts;
mod call;
mod client;
mod convert;
mod error;
mod fees;
#[doc(hidden)]
pub mod fuzz;
mod limits;
mod market;
mod orders;
mod page;
mod patience;
mod payment_methods;
mod portfolios;
mod products;
mod reply;
mod timer;
mod transport;

pub use accounts::{Account, AccountPlatform, AccountType, Amount};
pub use client::{BuildError, Builder, DateSample, RestClient};
pub use convert::{ConvertTrade, TradeStatus};
pub use error::{ErrorKind, RestError, VenueError};
pub use fees::{FeeTier, GoodsAndServicesTax, TransactionSummary, VolumeOf, VolumeRange};
pub use limits::{Bucket, Lane, Limits};
pub use market::{
    BestBidAsk, Candle, CandleRange, Granularity, MarketTrade, MarketTrades, PriceBook, PriceLevel,
    ProductBook, ServerTime, candles_from_json,
};
pub use orders::{
    Attachable, AttachedBracket, Bracket, CancelFailure, CancelResult, ClientOrderId,
    Configuration, ConfigurationEcho, Doubt, EchoTerms, Edit, EditError, EditPreview, EditResult,
    Expected, Fill, FillQuery, Laddering, LimitLife, LiquidityIndicator, Market, NewOrder, Order,
    OrderQuery, PlaceOutcome, Placed, Posting, Preview, PriceDistribution, Refusal, Rejection,
    Rung, Size, SizeDistribution, SorPreference, StopDirection, StopLimit, TradeType, Twap,
    classify,
};
pub use patience::Patience;
pub use payment_methods::PaymentMethod;
pub use portfolios::{
    Breakdown, KeyPermissions, MovedFunds, Portfolio, PortfolioBalances, PortfolioType,
    SpotPosition, Worth,
};
pub use products::{Product, ProductQuery, ProductsPage, products_from_json};
pub use reply::Reply;
pub use timer::{SystemTimer, Timer};
pub use transport::{Phase, TransportCause, TransportFailure};

/// Who asks for market data: public endpoints need no key and sit behind a cache of one second;
/// their twins for accounts need a key that can view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Anybody.
    Public,
    /// The key's owner.
    Account,
}
