//! Brings the venue's market and account to the engine, in the order in which a loop in PAPER does:
//! everything at the start, then what is new.

use domain::{Asset, Bar, Gap, Glance, Granularity, ProductId, Timestamp};
use engine::Event;
use exchange_sim::{Glancer, Glimpse, Limits, SimError, SimVenue, Touch};
use rules::ProtectBy;

use crate::BacktestError;
use crate::Setup;
use crate::desk::Desk;

/// Warm-up: the last 336 closed hours, from the start of an hour.
const WARM_UP_SECS: i64 = 336 * 3600;
const HOUR_SECS: i64 = 3600;
const SLOT_SECS: i64 = 300;
const SLOT_MINUTES: usize = 5;
/// After a longer silence everything is fed anew.
const CATCH_UP_SECS: i64 = 24 * HOUR_SECS;

/// How often slow facts are read, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Slow {
    /// The venue's products.
    pub catalog_secs: i64,
    /// Balances and fees.
    pub account_secs: i64,
}

/// How books are brought to the engine. It decides the same either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Books {
    /// Those that are looked at; of the others only what a selection of products asks.
    #[default]
    Glanced,
    /// All of them at every moment, as PAPER does.
    Made,
}

/// Where the bar of a closed slot comes from. There is one honest answer, [`FromVenue`]; a test that
/// wants to see foresight caught brings another.
pub trait Slots {
    /// What a product did in `[start, end)`, a span that is over.
    ///
    /// # Errors
    /// [`SimError`]: the venue does not know the product.
    fn slot(
        &mut self,
        venue: &SimVenue,
        product: ProductId,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Option<Bar>, SimError>;
}

/// What the venue shows of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FromVenue;

impl Slots for FromVenue {
    fn slot(
        &mut self,
        venue: &SimVenue,
        product: ProductId,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Option<Bar>, SimError> {
        venue.span(product, start, end)
    }
}

/// Where closed slots come from.
pub(crate) enum Source<'a> {
    /// The venue, as [`FromVenue`] tells, from bar to bar.
    Venue,
    /// Elsewhere.
    Other(&'a mut dyn Slots),
}

/// A product that is fed.
#[derive(Debug, Clone, Copy)]
struct Fed {
    product: ProductId,
    base: Asset,
    /// The first bar of its next slot, or one before it.
    next: usize,
    /// Whether its touch is told.
    is_watched: bool,
    /// Spread and depth of the glance that the engine has of it, where it has one without a touch.
    told: Option<(f64, f64)>,
}

/// What was fed, and up to when.
pub(crate) struct Feed<'a> {
    slots: Source<'a>,
    slow: Slow,
    books: Books,
    glancer: Glancer,
    products: Vec<Fed>,
    /// Assets of which touches are told.
    watched: Vec<Asset>,
    /// Those whose finest bars are longer than five minutes: they are fed by hours.
    coarse: Vec<ProductId>,
    /// The end of the newest 5-minute slot that was fed.
    through: Timestamp,
    catalog_at: Timestamp,
    account_at: Timestamp,
}

impl<'a> Feed<'a> {
    /// Feeds products, gaps, candles, books and the account as of the venue's time.
    pub(crate) fn begin(
        desk: &mut Desk,
        setup: &Setup,
        slots: Source<'a>,
    ) -> Result<Self, BacktestError> {
        let now = desk.venue.now();
        let (floors, ceilings) = {
            let policy = &setup.settings.universe;
            (&policy.depth_floor_usd, &policy.spread_ceiling_bps)
        };
        let limits = Limits {
            spreads: vec![ceilings.t1, ceilings.t2, ceilings.t3],
            depths: vec![floors.t1, floors.t2, floors.t3],
        };
        // That glances suffice is shown for lots that the engine protects.
        let books = match setup.settings.exits.protection {
            ProtectBy::Engine => setup.books,
            ProtectBy::Venue => Books::Made,
        };
        let mut feed = Self {
            slots,
            slow: setup.slow,
            books,
            glancer: Glancer::new(limits),
            products: Vec::new(),
            watched: Vec::new(),
            coarse: Vec::new(),
            through: now.floor_secs(SLOT_SECS),
            catalog_at: now,
            account_at: now,
        };
        feed.catalog(desk)?;
        feed.history(desk)?;
        feed.books(desk)?;
        desk.account()?;
        Ok(feed)
    }

    /// Feeds what is new for a decision at the venue's time.
    pub(crate) fn advance(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        self.slots(desk)?;
        self.books(desk)?;
        self.slow_facts(desk)
    }

    /// Feeds products and candles.
    fn slots(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        let now = desk.venue.now();
        if now.secs_since(self.catalog_at) >= self.slow.catalog_secs {
            self.catalog_at = now;
            self.catalog(desk)?;
        }
        if now.secs_since(self.through) > CATCH_UP_SECS {
            self.history(desk)?;
        }
        while self.through.plus_secs(SLOT_SECS) <= now {
            self.slot(desk)?;
        }
        Ok(())
    }

    fn slow_facts(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        let now = desk.venue.now();
        if now.secs_since(self.account_at) >= self.slow.account_secs {
            self.account_at = now;
            desk.account()?;
        }
        Ok(())
    }

    fn catalog(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        let products = desk.venue.products();
        let ids = products.iter().map(|product| product.id);
        if !ids.eq(self.products.iter().map(|fed| fed.product)) {
            let fed = products.iter().map(|product| Fed {
                product: product.id,
                base: product.base,
                next: 0,
                is_watched: self.watched.contains(&product.base),
                told: None,
            });
            self.products = fed.collect();
        }
        let unknown = desk.venue.unknown_products().to_vec();
        desk.give(Event::Catalog { products, unknown })
    }

    /// All candles of the warm-up, from which features are made anew.
    fn history(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        let now = desk.venue.now();
        let from = now.floor_secs(HOUR_SECS).plus_secs(-WARM_UP_SECS);
        desk.give(Event::Gaps { from, to: now, gaps: desk.venue.gaps(from, now) })?;
        self.coarse.clear();
        for Fed { product, .. } in self.products.iter().copied() {
            let bars = desk.venue.history(product, from)?;
            if bars.granularity() > Granularity::M5 {
                self.coarse.push(product);
            }
            desk.give(Event::History { product, hours: None, bars })?;
        }
        self.through = now.floor_secs(SLOT_SECS);
        Ok(())
    }

    /// The next closed 5-minute slot of all products.
    fn slot(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        let start = self.through;
        let end = start.plus_secs(SLOT_SECS);
        let mut bars = desk.engine.room_for_bars();
        if let Source::Venue = self.slots {
            let last = |fed: &Fed| fed.next + SLOT_MINUTES - 1;
            desk.venue.fetch(self.products.iter().map(last).enumerate());
        }
        for (at, fed) in self.products.iter_mut().enumerate() {
            let bar = match &mut self.slots {
                Source::Venue => desk.venue.next_span(at, &mut fed.next, start, end),
                Source::Other(slots) => slots.slot(&desk.venue, fed.product, start, end)?,
            };
            bars.extend(bar.map(|bar| (fed.product, Bar { start, ..bar })));
        }
        let gap_secs = overlap(&desk.venue.gaps(start, end), start, end);
        desk.give(Event::SlotClosed { start, gap_secs, bars })?;
        self.through = end;
        if end.secs() % HOUR_SECS == 0 && !self.coarse.is_empty() {
            self.hour(desk, end)?;
        }
        Ok(())
    }

    /// The hour that ends now, of what has no finer bars.
    fn hour(&self, desk: &mut Desk, end: Timestamp) -> Result<(), BacktestError> {
        let start = end.plus_secs(-HOUR_SECS);
        let mut bars = Vec::with_capacity(self.coarse.len());
        for product in &self.coarse {
            let bar = desk.venue.span(*product, start, end)?;
            bars.extend(bar.map(|bar| (*product, Bar { start, ..bar })));
        }
        desk.give(Event::HourClosed { start, bars })
    }

    /// What the books of all products say now.
    fn books(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        self.look(desk, Whose::Everybody)
    }

    /// Feeds what is new between two decisions, when only what is held or ordered counts.
    pub(crate) fn between(&mut self, desk: &mut Desk) -> Result<(), BacktestError> {
        self.slots(desk)?;
        self.look(desk, Whose::Watched)?;
        self.slow_facts(desk)
    }

    fn look(&mut self, desk: &mut Desk, whose: Whose) -> Result<(), BacktestError> {
        self.watch(desk);
        let (mut news, mut same) = desk.engine.room_for_glances();
        desk.venue.arrive(&mut self.glancer);
        for (at, fed) in self.products.iter_mut().enumerate() {
            let may_be_calm = whose == Whose::Everybody && !fed.is_watched && fed.told.is_some();
            if may_be_calm && self.glancer.is_calm(at) {
                same.push(at);
                continue;
            }
            let touch = if fed.is_watched { Touch::Exact } else { Touch::Width };
            let glimpse = match (self.books, whose) {
                (Books::Made, _) => Glimpse::Unclear,
                (Books::Glanced, Whose::Watched) if !fed.is_watched => Glimpse::Nothing,
                (Books::Glanced, _) => desk.venue.glimpse(at, &mut self.glancer, touch),
            };
            match glimpse {
                Glimpse::Nothing => {}
                Glimpse::Seen(Glance { touch: None, spread_bps, depth_20bps })
                    if fed.told == Some((spread_bps, depth_20bps)) =>
                {
                    same.push(at);
                }
                Glimpse::Seen(glance) => {
                    let told = (glance.spread_bps, glance.depth_20bps);
                    fed.told = glance.touch.is_none().then_some(told);
                    news.push((at, glance));
                }
                Glimpse::Unclear => {
                    fed.told = None;
                    desk.book(fed.product)?;
                }
            }
        }
        if news.is_empty() && same.is_empty() {
            return Ok(());
        }
        desk.give(Event::Glances { news, same })
    }

    /// Takes note of whose touches must be told, and of the books that the engine was given meanwhile.
    fn watch(&mut self, desk: &mut Desk) {
        if desk.engine.watches_others(&self.watched) {
            let watched = desk.engine.watched();
            for fed in &mut self.products {
                fed.is_watched = watched.contains(&fed.base);
            }
            self.watched = watched;
        }
        for product in desk.booked.drain(..) {
            if let Some(fed) = self.products.iter_mut().find(|fed| fed.product == product) {
                fed.told = None;
            }
        }
    }
}

/// Whose books are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Everybody,
    /// Of what is held, or ordered.
    Watched,
}

/// How many seconds of `[from, to)` are gap.
fn overlap(gaps: &[Gap], from: Timestamp, to: Timestamp) -> u16 {
    let secs = gaps.iter().map(|gap| gap.to.min(to).secs_since(gap.from.max(from)).max(0));
    u16::try_from(secs.sum::<i64>()).unwrap_or(u16::MAX)
}
