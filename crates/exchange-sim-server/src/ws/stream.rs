//! What a connection follows of the venue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::{Bar, ProductId};
use exchange_sim::spot::{AccountNo, Order, Trade, What};
use serde_json::{Value, json};

use super::begin::{books, orders_event, recent_candles, wants};
use super::data;
use super::outbox::{Closed, Outbox};
use super::request::Channel;
use crate::floor::Floor;
use crate::rest::order_json::{Owner, user_channel};
use crate::shared::Shared;

const TRADES_EVERY: Duration = Duration::from_millis(250);
const CANDLES_EVERY: Duration = Duration::from_secs(1);
const TICKERS_EVERY: Duration = Duration::from_secs(5);

/// Whose user channel it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) account: AccountNo,
    pub(crate) owner: Owner,
}

/// A position in the venue's events, and what of them is wanted.
pub(crate) struct Follower {
    pub(super) shared: Arc<Shared>,
    /// The last event that was looked at.
    seen: u64,
    /// Events up to this are in the snapshot of a channel's product.
    pub(super) joined: BTreeMap<(Channel, ProductId), u64>,
    pub(super) user: Option<(Member, BTreeSet<String>, u64)>,
    /// Whose balance of futures is shown.
    pub(super) futures: Option<Member>,
    pub(super) all_statuses: bool,
    beats: u64,
    trades: Vec<Trade>,
    moved: BTreeSet<ProductId>,
    batched: BTreeSet<ProductId>,
    pub(super) candles: BTreeMap<ProductId, Bar>,
    last: [Duration; 3],
}

/// A message that is ready to go.
pub(super) type Ready = (Channel, &'static str, Value);

impl Follower {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let seen = shared.look(|floor| floor.venue.last_event());
        Self {
            shared,
            seen,
            joined: BTreeMap::new(),
            user: None,
            futures: None,
            all_statuses: false,
            beats: 0,
            trades: Vec::new(),
            moved: BTreeSet::new(),
            batched: BTreeSet::new(),
            candles: BTreeMap::new(),
            last: [Duration::ZERO; 3],
        }
    }

    /// The number of the next heartbeat: one more than the last, and the first is the server's age.
    pub(crate) fn next_beat(&mut self, age_secs: u64) -> u64 {
        self.beats = if self.beats == 0 { age_secs.max(1) } else { self.beats + 1 };
        self.beats
    }

    /// The member that a key's user is.
    pub(crate) fn member(&self, user: usize) -> Option<Member> {
        self.shared.look(|floor| {
            let account = floor.account_of(user).ok()?;
            let portfolio = floor.venue.account(account).ok()?.portfolio;
            let owner = Owner { user: floor.users.get(user)?.id, portfolio };
            Some(Member { account, owner })
        })
    }

    /// Follows more; an unknown product is refused in words, and then nothing is followed.
    pub(crate) fn join(
        &mut self,
        channel: Channel,
        products: &[String],
        member: Option<Member>,
    ) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        shared.visit(|floor| {
            let now = floor.venue.last_event();
            let books = books(floor, products)?;
            match (channel, member) {
                (Channel::User, Some(member)) => {
                    self.user = Some((member, products.iter().cloned().collect(), now));
                }
                (Channel::FuturesBalanceSummary, Some(member)) => self.futures = Some(member),
                (Channel::Status, _) if products.is_empty() => self.all_statuses = true,
                (Channel::Heartbeats, _) => {}
                _ => {
                    for book in books {
                        let first = self.joined.insert((channel, book), now).is_none();
                        if first && channel.needs_products() {
                            floor.follow(book, true).map_err(|error| error.to_string())?;
                        }
                    }
                }
            }
            Ok(())
        })
    }

    /// Follows less; no products is all of a channel.
    pub(crate) fn leave(&mut self, channel: Channel, products: &[String]) {
        if channel == Channel::User {
            self.user = None;
        } else if channel == Channel::FuturesBalanceSummary {
            self.futures = None;
        } else if channel == Channel::Status && products.is_empty() {
            self.all_statuses = false;
        }
        let shared = Arc::clone(&self.shared);
        shared.visit(|floor| {
            let wanted = |book: &ProductId| {
                products.is_empty() || products.iter().any(|id| floor.book_of(id) == Some(*book))
            };
            let gone: Vec<_> = self
                .joined
                .keys()
                .filter(|(c, book)| *c == channel && wanted(book))
                .copied()
                .collect();
            for key in gone {
                self.joined.remove(&key);
                if channel.needs_products()
                    && let Err(error) = floor.follow(key.1, false)
                {
                    tracing::error!(%error, "a product that was followed is gone");
                }
            }
        });
    }

    pub(crate) fn leave_all(&mut self) {
        let channels: BTreeSet<Channel> = self.joined.keys().map(|(channel, _)| *channel).collect();
        for channel in channels {
            self.leave(channel, &[]);
        }
    }

    fn follows(&self, channel: Channel, product: ProductId, event: u64) -> bool {
        self.joined.get(&(channel, product)).is_some_and(|joined| event > *joined)
    }

    /// Tells what happened since the last time.
    pub(crate) async fn pump(&mut self, outbox: &mut Outbox) -> Result<(), Closed> {
        let shared = Arc::clone(&self.shared);
        let happened = shared.look(|floor| {
            let last = floor.venue.last_event();
            let events = match floor.venue.events(self.seen) {
                Ok(events) => events,
                Err(lagged) => {
                    tracing::warn!(%lagged, "a client is too slow");
                    return Err(Closed);
                }
            };
            let mut ready = Vec::new();
            for event in events {
                match &event.what {
                    What::Order { account, order, .. } => {
                        ready.extend(self.order(event.seq, *account, order));
                    }
                    What::Trade(trade) => self.trade(event.seq, trade),
                    What::Book { product, changes } => {
                        if self.follows(Channel::Level2, *product, event.seq) {
                            let events = data::changes(*product, changes, event.at);
                            ready.push((Channel::Level2, "update", events));
                        }
                    }
                    What::Product { product, .. } => {
                        ready.extend(self.status(floor, event.seq, *product));
                    }
                    What::Fill { .. } => {}
                }
            }
            let moved = std::mem::take(&mut self.moved);
            let found = moved.iter().filter_map(|book| floor.venue.ticker(*book).ok());
            let rows: Vec<Value> = found.map(|ticker| data::ticker(&ticker, false)).collect();
            if !rows.is_empty() {
                let events = json!([{ "type": "update", "tickers": rows }]);
                ready.push((Channel::Ticker, "update", events));
            }
            self.seen = last;
            Ok(ready)
        });
        self.send(outbox, happened?).await?;
        self.batches(outbox).await
    }

    fn order(&self, event: u64, account: AccountNo, order: &Order) -> Option<Ready> {
        let (member, products, joined) = self.user.as_ref()?;
        let ours = member.account == account && event > *joined && wants(products, order);
        let row = ours.then(|| user_channel(order, member.owner))?;
        Some((Channel::User, "update", orders_event("update", &[row])))
    }

    fn trade(&mut self, event: u64, trade: &Trade) {
        if self.follows(Channel::MarketTrades, trade.product, event) {
            self.trades.push(*trade);
        }
        if self.follows(Channel::Ticker, trade.product, event) {
            self.moved.insert(trade.product);
        }
        if self.follows(Channel::TickerBatch, trade.product, event) {
            self.batched.insert(trade.product);
        }
    }

    fn status(&self, floor: &Floor, event: u64, product: ProductId) -> Option<Ready> {
        if !self.all_statuses && !self.follows(Channel::Status, product, event) {
            return None;
        }
        let row = data::status(&floor.venue.listing(product.as_str())?);
        Some((Channel::Status, "update", json!([{ "type": "update", "products": [row] }])))
    }

    /// Tells what is told only now and then, if it is time.
    pub(crate) async fn batches(&mut self, outbox: &mut Outbox) -> Result<(), Closed> {
        let now = self.shared.clock.since_start();
        let mut ready: Vec<Ready> = Vec::new();
        if self.due(0, now, TRADES_EVERY) && !self.trades.is_empty() {
            let rows: Vec<Value> = self.trades.drain(..).rev().map(|t| data::trade(&t)).collect();
            let events = json!([{ "type": "update", "trades": rows }]);
            ready.push((Channel::MarketTrades, "update", events));
        }
        if self.due(1, now, CANDLES_EVERY) {
            let rows = self.changed_candles();
            if !rows.is_empty() {
                let events = json!([{ "type": "update", "candles": rows }]);
                ready.push((Channel::Candles, "update", events));
            }
        }
        if self.due(2, now, TICKERS_EVERY) && !self.batched.is_empty() {
            let batched = std::mem::take(&mut self.batched);
            let shared = Arc::clone(&self.shared);
            let rows: Vec<Value> = shared.look(|floor| {
                let found = batched.iter().filter_map(|book| floor.venue.ticker(*book).ok());
                found.map(|ticker| data::ticker(&ticker, true)).collect()
            });
            let events = json!([{ "type": "update", "tickers": rows }]);
            ready.push((Channel::TickerBatch, "update", events));
        }
        self.send(outbox, ready).await
    }

    fn due(&mut self, which: usize, now: Duration, every: Duration) -> bool {
        match self.last.get_mut(which) {
            Some(last) if now.saturating_sub(*last) >= every => {
                *last = now;
                true
            }
            _ => false,
        }
    }

    fn changed_candles(&mut self) -> Vec<Value> {
        let of_candles = self.joined.keys().filter(|(channel, _)| *channel == Channel::Candles);
        let books: Vec<ProductId> = of_candles.map(|(_, book)| *book).collect();
        let shared = Arc::clone(&self.shared);
        shared.look(|floor| {
            let mut rows = Vec::new();
            for book in books {
                // The bucket before may have ended since it was last told.
                for bar in recent_candles(floor, book, 2) {
                    let known = self.candles.get(&book);
                    if known.is_none_or(|known| {
                        bar.start > known.start || bar.start == known.start && bar != *known
                    }) {
                        rows.push(data::candle(book, &bar));
                        self.candles.insert(book, bar);
                    }
                }
            }
            rows
        })
    }

    pub(super) async fn send(&self, outbox: &mut Outbox, ready: Vec<Ready>) -> Result<(), Closed> {
        for (channel, kind, events) in ready {
            outbox.send(channel.envelope(), kind, events).await?;
        }
        Ok(())
    }
}
