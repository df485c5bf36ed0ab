//! Time, candles and public trades.

use domain::{ProductId, Timestamp};
use exchange_sim::spot::Trade;
use serde_json::{Value, json};

use super::call::{Answer, Call, plain, signal};
use crate::config::CandleExcess;
use crate::reply::{Reply, bad_argument};

/// The most candles of one reply.
const MOST_CANDLES: usize = 350;
/// Trades of a reply when no limit is given, and the most of any.
const DEFAULT_TRADES: usize = 100;
const MOST_TRADES: usize = 1000;

/// Coinbase's words for lengths of candles, in seconds.
pub(crate) const GRANULARITIES: [(&str, i64); 9] = [
    ("ONE_MINUTE", 60),
    ("FIVE_MINUTE", 300),
    ("FIFTEEN_MINUTE", 900),
    ("THIRTY_MINUTE", 1800),
    ("ONE_HOUR", 3600),
    ("TWO_HOUR", 7200),
    ("FOUR_HOUR", 14_400),
    ("SIX_HOUR", 21_600),
    ("ONE_DAY", 86_400),
];

#[expect(clippy::unnecessary_wraps, reason = "the routes' table has one type of answer")]
pub(crate) fn time(call: &mut Call<'_>) -> Answer {
    let now = call.shared.clock.shown();
    Ok(json!({
        "iso": Timestamp::from_secs(now.secs()),
        "epochSeconds": now.secs().to_string(),
        "epochMillis": now.millis().to_string(),
    }))
}

/// A path's product: the one whose book it has.
fn product(call: &Call<'_>) -> Result<ProductId, Reply> {
    call.floor.book_of(call.segment()).ok_or_else(Reply::no_product)
}

pub(crate) fn candles(call: &mut Call<'_>) -> Answer {
    let product = product(call)?;
    let word = call.query.one("granularity").unwrap_or_default();
    let secs = GRANULARITIES.iter().find(|(name, _)| *name == word).map(|(_, secs)| *secs);
    let secs = secs.ok_or_else(|| bad_argument("granularity argument is invalid"))?;
    let missing = || bad_argument("start and end argument is invalid");
    let from = call.query.unix("start")?.ok_or_else(missing)?;
    let to = call.query.unix("end")?.ok_or_else(missing)?;
    let limit = call.query.count("limit")?.unwrap_or(MOST_CANDLES).clamp(1, MOST_CANDLES);
    if to < from {
        return Err(missing());
    }
    let span = to.secs_since(from) / secs;
    if call.shared.candle_excess == CandleExcess::Refused && span >= 350 {
        return Err(bad_argument(
            "start and end argument is invalid - number of candles requested should be less than 350",
        ));
    }
    // Of a span with too many buckets the newest are kept, so older ones need not be looked at.
    let newest = to.min(call.floor.venue.now()).floor_secs(secs);
    let kept = i64::try_from(limit).unwrap_or(350);
    let from = from.max(newest.plus_secs(-secs.saturating_mul(4 * kept)));
    let bars = call.floor.venue.candles(product, secs, from, to)?;
    let rows: Vec<Value> = bars.iter().rev().take(limit).map(candle).collect();
    Ok(json!({ "candles": rows }))
}

pub(crate) fn candle(bar: &domain::Bar) -> Value {
    json!({
        "start": bar.start.secs().to_string(),
        "low": signal(bar.low, 10),
        "high": signal(bar.high, 10),
        "open": signal(bar.open, 10),
        "close": signal(bar.close, 10),
        "volume": signal(bar.volume, 8),
    })
}

pub(crate) fn trades(call: &mut Call<'_>) -> Answer {
    let product = product(call)?;
    let limit = call.query.count("limit")?.unwrap_or(DEFAULT_TRADES).min(MOST_TRADES);
    let now = call.floor.venue.now();
    let to = call.query.unix("end")?.unwrap_or(now);
    let from = call.query.unix("start")?.unwrap_or_else(|| to.plus_secs(-86_400));
    let trades = call.floor.venue.trades(product, from, to, limit)?;
    let asked: ProductId = call.segment().parse().map_err(|_| Reply::no_product())?;
    let rows: Vec<Value> = trades.iter().map(|trade| row(trade, asked)).collect();
    let ticker = call.floor.venue.ticker(product)?;
    let price = |side: Option<(domain::Price, domain::BaseQty)>| {
        side.map(|(price, _)| plain(price.get())).unwrap_or_default()
    };
    Ok(json!({
        "trades": rows,
        "best_bid": price(ticker.bid),
        "best_ask": price(ticker.ask),
    }))
}

fn row(trade: &Trade, asked: ProductId) -> Value {
    json!({
        "trade_id": trade.id.to_string(),
        "product_id": asked,
        "price": plain(trade.price.get()),
        "size": plain(trade.size),
        "time": trade.at,
        "side": side_word(trade.maker),
        "exchange": "",
        "bid": "",
        "ask": "",
    })
}

/// Coinbase's word for a side.
pub(crate) const fn side_word(side: domain::Side) -> &'static str {
    match side {
        domain::Side::Buy => "BUY",
        domain::Side::Sell => "SELL",
    }
}
