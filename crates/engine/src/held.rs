//! What is held and where it is left: worked out when a booking changed it, and kept until the next.

use domain::{Asset, Lot, Price, Regime, Timestamp, Usd};
use rules::{Calm, Levels, TrailBy};

use crate::Engine;
use crate::nav::{Money, worth_of};

/// From what the engine's lots and their levels were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct LotLevels {
    /// Bookings that the lots are of.
    bookings: Option<u64>,
    /// Bookings of the lots and the catalog that their places are of.
    placed: Option<(Option<u64>, u64)>,
    /// Where the market of each lot's product is, in the order of the lots.
    places: Vec<Option<usize>>,
    /// Bookings, weather and, where levels are read from them, features and best bids that the levels
    /// are of.
    watched: Option<(u64, Regime, Option<u64>, Option<u64>)>,
    /// Where each lot is left, in the order of the lots.
    levels: Vec<(Levels, Option<Calm>)>,
    /// When nothing was due last, at which quotes.
    still: Option<(Timestamp, u64)>,
}

/// What a NAV and its marks are read from, beside prices.
#[derive(Debug, Clone, Default)]
pub(crate) struct Valued {
    /// Bookings of the lots, the account and the catalog that this was made from.
    of: Option<(Option<u64>, u64, u64)>,
    /// Assets whose worth a NAV needs, sorted: positions, and money that is not dollars.
    pub(crate) assets: Vec<Asset>,
    /// Where their markets are.
    pub(crate) markets: Vec<usize>,
    /// Bookings and account that the money was counted at.
    counted: Option<(u64, u64)>,
    /// What counts of the purses that pay; `None` where a number is out of range.
    money: Option<Money>,
}

impl Engine {
    /// Finds out what has to be valued, where that may be something else.
    pub(crate) fn recount_valued(&mut self) {
        let of = Some((self.levels.bookings, self.account_version, self.markets.layout));
        if self.valued.of == of {
            return;
        }
        let Self { valued, lots, markets, purses, .. } = self;
        let money = purses.iter().filter(|purse| {
            let some = !purse.available.is_zero() || !purse.held.is_zero();
            some && purse.asset.as_str() != "USD"
        });
        valued.of = of;
        valued.assets.clear();
        valued.assets.extend(lots.iter().map(|lot| lot.asset));
        valued.assets.extend(money.map(|purse| purse.asset));
        valued.assets.sort_unstable();
        valued.assets.dedup();
        let all = markets.products.iter().enumerate();
        let assets = &valued.assets;
        let own = all.filter(|(_, market)| assets.contains(&market.product.base));
        valued.markets.clear();
        valued.markets.extend(own.map(|(at, _)| at));
    }

    /// What the account is worth at the prices of now; `None` as well while it was not read since
    /// something filled: money and coins of different moments do not add up.
    pub(crate) fn worth(&mut self, now: Timestamp) -> Option<Usd> {
        if self.account_behind || self.purses.is_empty() {
            return None;
        }
        let at = Some((self.booked.bookings(), self.account_version));
        if self.valued.counted != at {
            let money = Money::counted(&self.purses, &self.state);
            (self.valued.counted, self.valued.money) = (at, money);
        }
        self.place_lots();
        let (money, market) = (self.valued.money.as_ref()?, self.markets.view(now));
        let places = self.levels.places.iter().map(|place| market.at((*place)?));
        worth_of(money, self.lots.iter().zip(places), self.state.flows(), &market)
    }

    /// Copies the lots of the ledger where they may be others.
    pub(crate) fn recount_lots(&mut self) {
        let bookings = Some(self.booked.bookings());
        if self.levels.bookings != bookings {
            self.levels.bookings = bookings;
            self.lots.clear();
            self.lots.extend(self.state.lots());
        }
        self.place_lots();
    }

    /// Looks up where the markets of the lots are, where they may be elsewhere.
    fn place_lots(&mut self) {
        let Self { levels, lots, markets, .. } = self;
        let placed = Some((levels.bookings, markets.layout));
        if levels.placed != placed {
            levels.placed = placed;
            levels.places.clear();
            levels.places.extend(lots.iter().map(|lot| markets.position(&lot.product)));
        }
    }

    /// What is held as of the last cycle, each lot beside the bid that it is valued at.
    pub fn marked(&self) -> impl Iterator<Item = (&Lot, Option<Price>)> {
        let placed = self.levels.placed == Some((self.levels.bookings, self.markets.layout));
        self.lots.iter().enumerate().map(move |(at, lot)| {
            let known = self.levels.places.get(at).copied().filter(|_| placed);
            let at = known.unwrap_or_else(|| self.markets.position(&lot.product));
            let market = at.and_then(|at| self.markets.products.get(at));
            (lot, market.and_then(|market| market.quote.as_ref()).map(|quote| quote.bid))
        })
    }

    /// Lots that the rules sell at the prices of now.
    pub(crate) fn exits_by_rule(&mut self, now: Timestamp) -> Vec<domain::Proposal> {
        let regime = self.cycle.reading.regime;
        let risen = self.state.best_bids_risen();
        let (features, risen) = match self.settings.exits.trailing.by {
            TrailBy::Atr => (Some(self.markets.revision), Some(risen)),
            TrailBy::Percent => (None, Some(risen)),
            TrailBy::Off => (None, None),
        };
        let watched = Some((self.booked.bookings(), regime, features, risen));
        if self.levels.watched != watched {
            if risen.is_some() {
                self.lots.clear();
                self.lots.extend(self.state.lots());
            }
            let (params, features) = (&self.settings.exits, &self.markets.features);
            let levels = self.lots.iter().map(|lot| Levels::for_lot(params, lot, features, regime));
            self.levels.levels.clear();
            self.levels.levels.extend(levels.map(|levels| (levels, levels.calm())));
            (self.levels.watched, self.levels.still) = (watched, None);
        }
        let still = Some((now, self.markets.quotes));
        if self.levels.still == still {
            return Vec::new();
        }
        let (mut due, market) = (Vec::new(), self.markets.view(now));
        let places = self.levels.places.iter().map(|place| market.at((*place)?));
        for ((lot, (levels, calm)), own) in self.lots.iter().zip(&self.levels.levels).zip(places) {
            let bid = own.and_then(|own| own.quote.as_ref()).map(|quote| quote.bid);
            // Whether the quote has a fault does not matter where its bid asks for nothing.
            if !calm.as_ref().zip(bid).is_some_and(|(calm, bid)| calm.holds(bid, now)) {
                rules::exit_at(lot, levels, own, now, &mut due);
            }
        }
        self.levels.still = still.filter(|_| due.is_empty());
        due
    }
}
