//! The streams of all followed products, and what they add to the candles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{ProductId, Timestamp};

use super::clock::VenueClock;
use super::series::Series;
use super::tape::Tape;
use crate::rest::Timer;
use crate::ws::{
    BookView, CandlesEvent, Channel, Depth, Event, Sink, Stream, StreamConfig, TradesEvent,
};

/// The candles of all products.
#[derive(Debug, Clone, Default)]
pub(super) struct Candles(Arc<Mutex<BTreeMap<ProductId, Series>>>);

impl Candles {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ProductId, Series>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with one product's candles.
    pub(super) fn with<T>(&self, product: ProductId, act: impl FnOnce(&mut Series) -> T) -> T {
        act(self.lock().entry(product).or_default())
    }

    fn each(&self, products: &BTreeSet<ProductId>, act: impl Fn(&mut Series)) {
        let mut all = self.lock();
        for product in products {
            act(all.entry(*product).or_default());
        }
    }

    fn candles(&self, sent: Timestamp, event: &CandlesEvent) {
        let mut all = self.lock();
        for candle in &event.candles {
            if let Some(series) = all.get_mut(&candle.product) {
                series.candle(event.kind, candle, sent);
            }
        }
    }

    fn trades(&self, event: &TradesEvent) {
        let mut all = self.lock();
        let mut newest: BTreeMap<ProductId, u64> = BTreeMap::new();
        for trade in &event.trades {
            if let Some(series) = all.get_mut(&trade.product) {
                series.trade(trade);
                let number = trade.id.parse().unwrap_or(0);
                newest.entry(trade.product).and_modify(|n| *n = number.max(*n)).or_insert(number);
            }
        }
        for (product, number) in newest {
            if let Some(series) = all.get_mut(&product) {
                series.trades_counted(number);
            }
        }
    }
}

/// Takes one connection's events to candles and clock.
struct Follower {
    products: BTreeSet<ProductId>,
    told: Followers,
}

/// What all connections tell.
#[derive(Clone)]
pub(super) struct Followers {
    pub(super) candles: Candles,
    pub(super) tape: Tape,
    pub(super) clock: Arc<VenueClock>,
    pub(super) timer: Arc<dyn Timer>,
}

impl Sink for Follower {
    fn take(&mut self, event: Event) {
        match event {
            Event::Heartbeat { at, .. } => {
                self.told.clock.at_least(self.told.timer.now().mono, at);
                self.told.candles.each(&self.products, |series| series.passed(at));
            }
            Event::Candles { at, candles } => self.told.candles.candles(at, &candles),
            Event::Trades(trades) => {
                self.told.candles.trades(&trades);
                self.told.tape.take(&trades);
            }
            Event::Lost(loss) => {
                tracing::debug!(?loss, products = self.products.len(), "a stream begins anew");
                self.told.candles.each(&self.products, Series::lost);
            }
            Event::Garbled { channel, cause } => {
                tracing::warn!(channel = channel.name(), cause, "a message cannot be read");
                if matches!(channel, Channel::Candles | Channel::MarketTrades)
                    && let Some(now) = self.told.clock.now(self.told.timer.now().mono)
                {
                    self.told.candles.each(&self.products, |series| series.doubted(now));
                }
            }
            Event::Refused { message } => tracing::warn!(message, "the venue refuses a stream"),
            Event::Opened
            | Event::Subscribed(_)
            | Event::BookReady(_)
            | Event::BookLost { .. }
            | Event::Tickers(_)
            | Event::TickerBatch(_)
            | Event::Status(_)
            | Event::User { .. }
            | Event::Lagged { .. } => {}
        }
    }
}

/// All connections for market data.
#[derive(Debug, Default)]
pub(super) struct Feed {
    streams: Vec<Stream>,
    of: BTreeMap<ProductId, usize>,
}

impl Feed {
    /// Follows products that are not followed yet, on connections of their own.
    pub(super) fn follow(
        &mut self,
        products: &BTreeSet<ProductId>,
        config: &StreamConfig,
        told: &Followers,
    ) {
        let new: BTreeSet<_> =
            products.iter().filter(|id| !self.of.contains_key(id)).copied().collect();
        let channels = BTreeSet::from([Channel::Level2, Channel::Candles, Channel::MarketTrades]);
        for shard in config.spread.deal(&new, &channels) {
            self.of.extend(shard.products.iter().map(|id| (*id, self.streams.len())));
            told.candles.each(&shard.products, |_| {});
            let follower = Follower { products: shard.products.clone(), told: told.clone() };
            self.streams.push(Stream::open(config.clone(), shard, follower));
        }
    }

    pub(super) fn book(&self, product: &ProductId, depth: Depth) -> Option<BookView> {
        let stream = self.streams.get(*self.of.get(product)?)?;
        stream.session().book(product, depth)
    }

    /// The venue's time up to which everything of a product has arrived; `None` since a loss.
    pub(super) fn through(&self, product: &ProductId) -> Option<Timestamp> {
        self.streams.get(*self.of.get(product)?)?.session().through()
    }

    /// How many books can be read, and of how many.
    pub(super) fn ready(&self) -> (usize, usize) {
        (self.streams.iter().map(|stream| stream.session().ready()).sum(), self.of.len())
    }

    pub(super) fn take_streams(&mut self) -> Vec<Stream> {
        self.of.clear();
        core::mem::take(&mut self.streams)
    }
}
