//! What can be read of a product's past: trades, bars, the last 24 hours.
//!
//! A read costs the bars it looks at: the last trade a bar or two, a day's figures up to 1,440.

use domain::{Bar, Bars, ProductId, Timestamp};

use super::tape::{DayStats, Trade, folded, trades_of};
use super::venue::{Ticker, Venue};
use crate::venue::SimError;

/// A book needs volume within 24 hours, so an older trade is of no use.
const LAST_TRADE_SECS: i64 = 2 * 86_400;
const DAY: i64 = 86_400;

impl Venue {
    /// Last trade, touch and day figures.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn ticker(&self, product: ProductId) -> Result<Ticker, SimError> {
        let at = self.resolve(product)?.at;
        let book = self.book(product)?;
        let bid = book.as_ref().and_then(|b| b.bids.first()).map(|l| (l.price, l.size));
        let ask = book.as_ref().and_then(|b| b.asks.first()).map(|l| (l.price, l.size));
        let last = self.last_trade(at)?;
        Ok(Ticker { product, last, bid, ask, day: self.day_stats(product)? })
    }

    /// The newest `limit` trades in `[from, to]`, newest first.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn trades(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Trade>, SimError> {
        let at = self.resolve(product)?.at;
        let length = self.market.granularity(at).secs();
        let (to, mut out) = (to.min(self.now), Vec::new());
        let after = Timestamp::from_millis(to.millis().saturating_add(1));
        for bar in self.market.bars(at, from.floor_secs(length), after).rev() {
            // Own trades between this bar and the next one come first.
            if out.len() > limit {
                break;
            }
            let inside = |t: &Trade| from <= t.at && t.at <= to;
            out.extend(self.bar_trades(at, &bar)?.into_iter().filter(inside));
        }
        let own = self.desk(at)?.prints.iter().rev();
        out.extend(own.take_while(|t| t.at >= from).filter(|t| t.at <= to).take(limit).copied());
        out.sort_unstable_by_key(|trade| std::cmp::Reverse(trade.id));
        out.truncate(limit);
        Ok(out)
    }

    /// Closed bars within `[from, to]`, own trades included.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`], [`SimError::Bar`].
    pub fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Bars, SimError> {
        let at = self.resolve(product)?.at;
        let granularity = self.market.granularity(at);
        let to = to.min(self.now);
        let mut bars = Bars::with_capacity(granularity, 0);
        for bar in self.told(at, from, to)? {
            if bar.start.plus_secs(granularity.secs()) <= to {
                bars.push(bar)?;
            }
        }
        Ok(bars)
    }

    /// Buckets of `secs` seconds (a multiple of the market's own bars) that start in `[from, to]`,
    /// oldest first, the unfinished one included as far as it has traded; buckets without trades
    /// are left out.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn candles(
        &self,
        product: ProductId,
        secs: i64,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Bar>, SimError> {
        let at = self.resolve(product)?.at;
        let secs = secs.max(self.market.granularity(at).secs());
        let end = to.floor_secs(secs).plus_secs(secs);
        let first = from.plus_secs(secs - 1).floor_secs(secs);
        let mut out: Vec<Bar> = Vec::new();
        for bar in self.told(at, first, end.min(self.now))? {
            let start = bar.start.floor_secs(secs);
            match out.last_mut() {
                Some(bucket) if bucket.start == start => *bucket = bucket.merged(&bar),
                _ => out.push(Bar { start, ..bar }),
            }
        }
        Ok(out)
    }

    /// The last 24 hours to now.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn day_stats(&self, product: ProductId) -> Result<DayStats, SimError> {
        let at = self.resolve(product)?.at;
        let length = self.market.granularity(at).secs();
        let mut day = DayStats::default();
        for bar in self.told(at, self.now.plus_secs(-DAY).floor_secs(length), self.now)? {
            if day.volume == 0.0 {
                day = DayStats { open: bar.open, high: bar.high, low: bar.low, ..day };
            }
            day.high = day.high.max(bar.high);
            day.low = day.low.min(bar.low);
            day.volume += bar.volume;
            day.quote_volume += bar.volume * bar.close;
        }
        Ok(day)
    }

    /// The bars that start in `[from, to)` as far as they have been told by now: closed ones as
    /// they are, those with own trades or at work from their trades.
    fn told(&self, at: usize, from: Timestamp, to: Timestamp) -> Result<Vec<Bar>, SimError> {
        let length = self.market.granularity(at).secs();
        let desk = self.desk(at)?;
        let first_own = desk.prints.partition_point(|trade| trade.at < from);
        let mut own = desk.prints.range(first_own..).peekable();
        let mut out = Vec::new();
        for bar in self.market.bars(at, from, to) {
            let end = bar.start.plus_secs(length);
            // Own trades where the market had none.
            while let Some(trade) = own.peek().filter(|t| t.at < bar.start).copied() {
                let start = trade.at.floor_secs(length);
                let stop = start.plus_secs(length);
                let mut alone = Vec::new();
                while let Some(next) = own.next_if(|t| t.at < stop) {
                    alone.push(*next);
                }
                out.extend(folded(start, alone.iter()));
            }
            let mut inside = Vec::new();
            while let Some(next) = own.next_if(|t| t.at < end) {
                inside.push(*next);
            }
            let whole = inside.is_empty() && end <= self.now && desk.quiet.is_empty();
            if whole {
                out.push(bar);
                continue;
            }
            inside.extend(self.bar_trades(at, &bar)?.into_iter().filter(|t| t.at <= self.now));
            inside.sort_unstable_by_key(|trade| trade.id);
            out.extend(folded(bar.start, inside.iter()));
        }
        let mut rest: Vec<Trade> =
            own.filter(|t| t.at <= self.now && t.at < to.plus_secs(1)).copied().collect();
        while let Some(start) = rest.first().map(|t| t.at.floor_secs(length)) {
            let stop = rest.partition_point(|t| t.at < start.plus_secs(length));
            let chunk: Vec<Trade> = rest.drain(..stop).collect();
            out.extend(folded(start, chunk.iter()));
        }
        Ok(out)
    }

    /// The trades of a bar that were not silenced, whether told yet or not.
    pub(crate) fn bar_trades(&self, at: usize, bar: &Bar) -> Result<Vec<Trade>, SimError> {
        let product = self.product(at)?;
        let desk = self.desk(at)?;
        let mut trades = trades_of(product, bar, self.market.granularity(at).secs())?;
        if !desk.quiet.is_empty() {
            trades.retain(|trade| !desk.was_quiet(trade.at));
        }
        Ok(trades)
    }

    /// The last trade that the market itself has told.
    pub(crate) fn last_of_market(&self, at: usize) -> Result<Option<Trade>, SimError> {
        if let Some((_, last)) = self.desk(at)?.told.filter(|(when, _)| *when == self.now) {
            return Ok(last);
        }
        let from = self.now.plus_secs(-LAST_TRADE_SECS);
        let after = Timestamp::from_millis(self.now.millis() + 1);
        for bar in self.market.bars(at, from, after).rev() {
            let told = self.bar_trades(at, &bar)?.into_iter().rev().find(|t| t.at <= self.now);
            if told.is_some() {
                return Ok(told);
            }
        }
        Ok(None)
    }

    /// Remembers the market's last trade for this moment.
    pub(crate) fn note_last(&mut self, at: usize) -> Result<(), SimError> {
        let told = (self.now, self.last_of_market(at)?);
        self.desk_mut(at)?.told = Some(told);
        Ok(())
    }

    /// The last trade, own ones included.
    pub(crate) fn last_trade(&self, at: usize) -> Result<Option<Trade>, SimError> {
        let own = self.desk(at)?.prints.back().copied();
        Ok(self.last_of_market(at)?.into_iter().chain(own).max_by_key(|trade| trade.id))
    }

    /// Quote volume of the last 24 closed hours, as the book model wants it.
    pub(crate) fn model_volume(&self, at: usize) -> f64 {
        let hour = self.now.floor_secs(3600);
        match self.volumes.get(at) {
            Some((when, volume)) if *when == hour => *volume,
            _ => self.market.quote_volume_24h(at, self.now),
        }
    }

    /// Remembers the model's volume for this hour.
    pub(crate) fn note_volume(&mut self, at: usize) {
        let hour = self.now.floor_secs(3600);
        if self.volumes.get(at).is_some_and(|(when, _)| *when != hour) {
            let volume = self.market.quote_volume_24h(at, self.now);
            if let Some(slot) = self.volumes.get_mut(at) {
                *slot = (hour, volume);
            }
        }
    }
}
