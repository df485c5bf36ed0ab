//! Books and best prices.

use domain::{Book, Level, ProductId, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use super::call::{Answer, Call, plain, signal};
use crate::reply::{Reply, bad_argument};

pub(crate) fn book(call: &mut Call<'_>) -> Answer {
    let wanted =
        call.query.one("product_id").ok_or_else(|| bad_argument("product_id is required"))?;
    let listing = call.floor.live(wanted).ok_or_else(Reply::no_product)?;
    let of = listing.alias.unwrap_or(listing.product.id);
    let limit = call.query.count("limit")?.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let step = match call.query.one("aggregation_price_increment") {
        None => None,
        Some(text) => Some(step(text, listing.product.limits.price_increment)?),
    };
    let found = call.floor.venue.book(of)?;
    let (time, mut sides) = match found {
        Some(Book { bids, asks, at, .. }) => (at, [levels(&bids), levels(&asks)]),
        None => (call.floor.venue.now(), [Vec::new(), Vec::new()]),
    };
    if let Some(step) = step {
        let [bids, asks] = &mut sides;
        (*bids, *asks) = (buckets(bids, step, false)?, buckets(asks, step, true)?);
    }
    for side in &mut sides {
        side.truncate(limit);
    }
    let last = call.floor.venue.ticker(of)?.last;
    let [bids, asks] = &sides;
    let touch = bids.first().zip(asks.first()).map(|(bid, ask)| (bid.0, ask.0));
    let mid = touch.map(|(bid, ask)| (bid + ask) / Decimal::TWO);
    let spread = touch.map(|(bid, ask)| ask - bid);
    let bps = spread.zip(mid).and_then(|(spread, mid)| (spread / mid).to_f64());
    Ok(json!({
        "pricebook": pricebook(listing.product.id, bids, asks, time),
        "last": last.map(|trade| plain(trade.price.get())).unwrap_or_default(),
        "mid_market": mid.map(plain).unwrap_or_default(),
        "spread_bps": bps.map(|part| signal(part * 1e4, 12)).unwrap_or_default(),
        "spread_absolute": spread.map(plain).unwrap_or_default(),
    }))
}

pub(crate) fn best(call: &mut Call<'_>) -> Answer {
    let wanted = call.query.all("product_ids");
    let listings = if wanted.is_empty() {
        call.floor.venue.listings()
    } else {
        let one = |id: &&str| call.floor.live(id).ok_or_else(Reply::no_product);
        wanted.iter().map(one).collect::<Result<_, _>>()?
    };
    let mut rows = Vec::with_capacity(listings.len());
    for listing in &listings {
        let ticker = call.floor.venue.ticker(listing.alias.unwrap_or(listing.product.id))?;
        let side = |level: Option<(domain::Price, domain::BaseQty)>| -> Vec<(Decimal, Decimal)> {
            level.into_iter().map(|(price, size)| (price.get(), size.get())).collect()
        };
        let (bids, asks) = (side(ticker.bid), side(ticker.ask));
        rows.push(pricebook(listing.product.id, &bids, &asks, call.floor.venue.now()));
    }
    Ok(json!({ "pricebooks": rows }))
}

fn pricebook(
    product: ProductId,
    bids: &[(Decimal, Decimal)],
    asks: &[(Decimal, Decimal)],
    time: Timestamp,
) -> Value {
    let rows = |side: &[(Decimal, Decimal)]| -> Vec<Value> {
        side.iter().map(|(p, s)| json!({ "price": plain(*p), "size": plain(*s) })).collect()
    };
    json!({ "product_id": product, "bids": rows(bids), "asks": rows(asks), "time": time })
}

fn levels(side: &[Level]) -> Vec<(Decimal, Decimal)> {
    side.iter().map(|level| (level.price.get(), level.size.get())).collect()
}

fn step(text: &str, tick: Decimal) -> Result<Decimal, Reply> {
    let wrong = || bad_argument("aggregation_price_increment argument is invalid");
    let step = Decimal::from_str_exact(text).map_err(|_| wrong())?;
    if step <= Decimal::ZERO || !(step % tick).is_zero() {
        return Err(wrong());
    }
    Ok(step)
}

/// Levels summed to multiples of a step: bids down, asks up, so that nothing looks better than
/// it is.
fn buckets(
    side: &[(Decimal, Decimal)],
    step: Decimal,
    up: bool,
) -> Result<Vec<(Decimal, Decimal)>, Reply> {
    let mut out: Vec<(Decimal, Decimal)> = Vec::new();
    for (price, size) in side {
        let below = price - price % step;
        let edge = if up && below != *price { below + step } else { below };
        match out.last_mut() {
            Some((last, sum)) if *last == edge => {
                *sum = sum.checked_add(*size).ok_or_else(|| Reply::internal("a size too large"))?;
            }
            _ => out.push((edge, *size)),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_never_look_better_than_their_levels() {
        let level = |price: &str, size: i64| (price.parse().unwrap(), Decimal::from(size));
        let bids = [level("10.04", 1), level("10.01", 2), level("9.99", 4)];
        let step: Decimal = "0.05".parse().unwrap();
        assert_eq!(buckets(&bids, step, false).unwrap(), [level("10.00", 3), level("9.95", 4)]);
        let asks = [level("10.05", 1), level("10.06", 2)];
        assert_eq!(buckets(&asks, step, true).unwrap(), [level("10.05", 1), level("10.10", 2)]);
    }
}
