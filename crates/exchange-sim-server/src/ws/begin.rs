//! What channels begin with.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{Bar, ProductId};
use exchange_sim::spot::Order;
use serde_json::{Value, json};

use super::data;
use super::outbox::{Closed, Outbox};
use super::request::Channel;
use super::stream::{Follower, Ready};
use crate::floor::Floor;
use crate::rest::order_json::user_channel;

/// Orders of one message of the user channel's snapshot.
const BATCH: usize = 50;
/// Candles, and trades, of a snapshot.
const RECENT: usize = 100;
const CANDLE_SECS: i64 = 300;

impl Follower {
    /// Sends what a channel begins with.
    pub(crate) async fn snapshot(
        &mut self,
        outbox: &mut Outbox,
        channel: Channel,
        products: &[String],
    ) -> Result<(), Closed> {
        let shared = Arc::clone(&self.shared);
        // What happened up to now is in the snapshot and must not be told again.
        let ready = shared.look(|floor| {
            let now = floor.venue.last_event();
            let books = books(floor, products).unwrap_or_default();
            for book in &books {
                if let Some(joined) = self.joined.get_mut(&(channel, *book)) {
                    *joined = now;
                }
            }
            if channel == Channel::User
                && let Some((_, _, joined)) = &mut self.user
            {
                *joined = now;
            }
            self.beginnings(floor, channel, &books)
        });
        self.send(outbox, ready).await
    }

    fn beginnings(&mut self, floor: &Floor, channel: Channel, books: &[ProductId]) -> Vec<Ready> {
        let one = |events: Value| vec![(channel, "snapshot", events)];
        match channel {
            Channel::Heartbeats => Vec::new(),
            Channel::FuturesBalanceSummary => {
                let account = self.futures.and_then(|m| floor.venue.account(m.account).ok());
                let wallets = account.and_then(|account| account.wallets().ok());
                let usd = wallets
                    .and_then(|all| all.into_iter().find(|w| w.purse.asset.as_str() == "USD"));
                let held = usd.map(|w| w.purse.available.get() + w.purse.held.get());
                one(data::futures_balance(held.unwrap_or_default()))
            }
            Channel::User => self.open_orders(floor),
            Channel::Status => {
                let wanted = |id: ProductId| self.all_statuses || books.contains(&id);
                let all = floor.venue.listings();
                let rows: Vec<Value> =
                    all.iter().filter(|l| wanted(l.product.id)).map(data::status).collect();
                one(json!([{ "type": "snapshot", "products": rows }]))
            }
            Channel::Ticker | Channel::TickerBatch => {
                let batched = channel == Channel::TickerBatch;
                let found = books.iter().filter_map(|book| floor.venue.ticker(*book).ok());
                let rows: Vec<Value> = found.map(|t| data::ticker(&t, batched)).collect();
                one(json!([{ "type": "snapshot", "tickers": rows }]))
            }
            Channel::Level2 => {
                let book = |id: &ProductId| {
                    let book = floor.venue.book(*id).ok().flatten();
                    (channel, "snapshot", data::snapshot(*id, book.as_ref()))
                };
                books.iter().map(book).collect()
            }
            Channel::MarketTrades => {
                let now = floor.venue.now();
                let trades = books.iter().filter_map(|book| {
                    floor.venue.trades(*book, now.plus_secs(-3600), now, RECENT).ok()
                });
                let rows: Vec<Value> = trades.flatten().map(|t| data::trade(&t)).collect();
                one(json!([{ "type": "snapshot", "trades": rows }]))
            }
            Channel::Candles => {
                let mut rows = Vec::new();
                for book in books {
                    let bars = recent_candles(floor, *book, i64::try_from(RECENT).unwrap_or(100));
                    if let Some(newest) = bars.last() {
                        self.candles.insert(*book, *newest);
                    }
                    rows.extend(bars.iter().rev().map(|bar| data::candle(*book, bar)));
                }
                one(json!([{ "type": "snapshot", "candles": rows }]))
            }
        }
    }

    /// All open orders in messages of fifty; the first with fewer ends the snapshot.
    fn open_orders(&self, floor: &Floor) -> Vec<Ready> {
        let Some((member, products, _)) = &self.user else {
            return Vec::new();
        };
        let orders = floor.venue.orders(member.account);
        let open = orders.into_iter().flatten().filter(|order| !order.status.is_terminal());
        let rows: Vec<Value> = open
            .filter(|order| wants(products, order))
            .map(|order| user_channel(order, member.owner))
            .collect();
        let mut messages: Vec<Ready> = rows
            .chunks(BATCH)
            .map(|rows| (Channel::User, "snapshot", orders_event("snapshot", rows)))
            .collect();
        if rows.len().is_multiple_of(BATCH) {
            messages.push((Channel::User, "snapshot", orders_event("snapshot", &[])));
        }
        messages
    }
}

/// The books of products, or which of them is none.
pub(super) fn books(floor: &Floor, products: &[String]) -> Result<Vec<ProductId>, String> {
    let book = |id: &String| floor.book_of(id).ok_or_else(|| format!("product {id} not found"));
    products.iter().map(book).collect()
}

/// The newest five-minute candles, oldest first.
pub(super) fn recent_candles(floor: &Floor, book: ProductId, count: i64) -> Vec<Bar> {
    let now = floor.venue.now();
    let from = now.floor_secs(CANDLE_SECS).plus_secs(-CANDLE_SECS * (count - 1));
    floor.venue.candles(book, CANDLE_SECS, from, now).unwrap_or_default()
}

pub(super) fn wants(products: &BTreeSet<String>, order: &Order) -> bool {
    products.is_empty() || products.contains(order.product.as_str())
}

pub(super) fn orders_event(kind: &str, rows: &[Value]) -> Value {
    json!([{
        "type": kind,
        "orders": rows,
        "positions": { "perpetual_futures_positions": [], "expiring_futures_positions": [] },
    }])
}
