//! What is held and where it is left: worked out when a booking changed it, and kept until the next.

use domain::{Regime, Timestamp};
use rules::Levels;

use crate::Engine;

/// From what the engine's lots and their levels were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct LotLevels {
    /// Bookings that the lots are of.
    bookings: Option<u64>,
    /// Bookings, weather and features that the levels are of.
    watched: Option<(u64, Regime, u64)>,
    /// Where each lot is left, in the order of the lots.
    levels: Vec<Levels>,
    /// When nothing was due last, at which quotes.
    still: Option<(Timestamp, u64)>,
}

impl Engine {
    /// Copies the lots of the ledger where they may be others.
    pub(crate) fn recount_lots(&mut self) {
        let bookings = Some(self.booked.bookings());
        if self.levels.bookings != bookings {
            self.levels.bookings = bookings;
            self.lots.clear();
            self.lots.extend(self.state.ledger().lots());
        }
    }

    /// Lots that the rules sell at the prices of now.
    pub(crate) fn exits_by_rule(&mut self, now: Timestamp) -> Vec<domain::Proposal> {
        let regime = self.cycle.reading.regime;
        let watched = Some((self.booked.bookings(), regime, self.markets.revision));
        if self.levels.watched != watched {
            let (params, features) = (&self.settings.exits, &self.markets.features);
            let levels = self.lots.iter().map(|lot| Levels::for_lot(params, lot, features, regime));
            self.levels.levels.clear();
            self.levels.levels.extend(levels);
            (self.levels.watched, self.levels.still) = (watched, None);
        }
        let still = Some((now, self.markets.quotes));
        if self.levels.still == still {
            return Vec::new();
        }
        let (mut due, market) = (Vec::new(), self.markets.view(now));
        for (lot, levels) in self.lots.iter().zip(&self.levels.levels) {
            rules::exit_at(lot, levels, market, now, &mut due);
        }
        self.levels.still = still.filter(|_| due.is_empty());
        due
    }
}
