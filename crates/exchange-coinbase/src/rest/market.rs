//! Market data: books, trades, candles, the venue's time.

mod book;
mod candles;
mod time;
mod trades;

pub use book::{BestBidAsk, PriceBook, PriceLevel, ProductBook};
pub use candles::{Candle, CandleRange, Granularity, candles_from_json};
pub use time::ServerTime;
pub use trades::{MarketTrade, MarketTrades};

pub(super) use candles::CandlesReply;
