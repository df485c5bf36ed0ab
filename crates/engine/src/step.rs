//! The engine: what it remembers, and how each event changes it.

use domain::{
    BalancesFact, Fact, Features, Fees, Instants, Judged, Lot, ProductId, Purse, Timestamp, Trigger,
};
use rules::RulesStrategy;
use state::State;

use crate::event::{Effect, Effects, Event, Probe};
use crate::markets::Markets;
use crate::{Cycle, Identity, Settings};

/// An event that cannot be true, or came at the wrong time. The engine is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The event is about a product that is not in the catalog.
    #[error("{0} is not in the venue's catalog")]
    UnknownProduct(ProductId),
    /// A fact's numbers leave the range of exact decimals.
    #[error("a fact cannot be counted: {0}")]
    Fact(String),
    /// A decision needs the venue's time.
    #[error("the venue's time is not known")]
    NoVenueTime,
}

/// One account's decisions, an event at a time. See the crate's front page.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) settings: Settings,
    identity: Identity,
    pub(crate) strategies: [RulesStrategy; 1],
    pub(crate) markets: Markets,
    pub(crate) regime_memory: regime::Memory,
    pub(crate) selector: universe::Selector,
    pub(crate) clusters: risk::Clusters,
    pub(crate) universe_memory: universe::Memory,
    pub(crate) state: State,
    pub(crate) exposure: risk::Exposure,
    pub(crate) counters: risk::Counters,
    pub(crate) stops: risk::StopWatch,
    /// This machine's clock less the venue's at the last event, milliseconds.
    pub(crate) clock_skew_ms: Option<i64>,
    pub(crate) purses: Vec<Purse>,
    pub(crate) fees: Option<Fees>,
    /// When the account was read.
    pub(crate) account_at: Option<Timestamp>,
    /// The account as it was put on record last.
    pub(crate) noted: Option<BalancesFact>,
    /// What the last verdict was made from.
    pub(crate) judged: Option<Judged>,
    pub(crate) lots: Vec<Lot>,
    pub(crate) candidates: Vec<Trigger>,
    pub(crate) proposals: rules::Proposals,
    pub(crate) cycle: Cycle,
}

impl Engine {
    /// An engine that knows nothing yet: feed it the catalog first.
    pub fn new(settings: Settings, identity: Identity) -> Self {
        let named = settings.universe.clusters.iter();
        let clusters = named.map(|(name, assets)| (name.as_str(), assets.as_slice()));
        Self {
            strategies: [RulesStrategy::new(settings.rules.clone())],
            markets: Markets::new(&settings.triggers),
            selector: universe::Selector::new(settings.universe.clone()),
            clusters: risk::Clusters::new(clusters),
            settings,
            identity,
            regime_memory: regime::Memory::default(),
            universe_memory: universe::Memory::default(),
            state: State::default(),
            exposure: risk::Exposure::default(),
            counters: risk::Counters::default(),
            stops: risk::StopWatch::default(),
            clock_skew_ms: None,
            purses: Vec::new(),
            fees: None,
            account_at: None,
            noted: None,
            judged: None,
            lots: Vec::new(),
            candidates: Vec::new(),
            proposals: rules::Proposals::default(),
            cycle: Cycle::empty(),
        }
    }

    /// Takes one event.
    ///
    /// # Errors
    /// [`EngineError`] when the event cannot be true; nothing has changed then.
    pub fn step(
        &mut self,
        now: Instants,
        event: Event,
        probe: &mut dyn Probe,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let at = now.venue.ok_or(EngineError::NoVenueTime)?;
        self.clock_skew_ms = Some(now.wall.millis().saturating_sub(at.millis()));
        match event {
            Event::Recall(memory) => self.recall(*memory, at),
            Event::Catalog { products, unknown } => self.markets.catalog(products, unknown),
            Event::Gaps { from, to, gaps } => self.markets.gaps(from, to, &gaps),
            Event::History { product, hours, bars } => {
                let known_product = self.markets.history(&product, hours.as_ref(), &bars, at);
                known(known_product, product)?;
            }
            Event::SlotClosed { start, gap_secs, bars } => {
                self.markets.slot(start, gap_secs, &bars);
            }
            Event::Book { product, book, vouched } => {
                known(self.markets.book(&product, book, vouched), product)?;
            }
            Event::Account { purses, fees } => {
                self.purses = purses;
                self.fees = Some(fees);
                self.account_at = Some(at);
            }
            Event::AccountLost => {
                self.purses.clear();
                self.fees = None;
                self.account_at = Some(at);
            }
            Event::Fact(fact) => self.take(&fact)?,
            Event::CycleDue(id) => {
                self.decide(at, id, probe, effects);
                effects.list.push(Effect::CycleDone);
            }
        }
        Ok(())
    }

    /// Takes a fact into everything that is a fold over facts.
    fn take(&mut self, fact: &Fact) -> Result<(), EngineError> {
        self.state.apply(fact);
        if let Fact::Flagged(_) = fact {
            let active = self.state.flags(fact.at()).map(|flagged| universe::Flag {
                product: flagged.product,
                until: flagged.until,
                reason: flagged.reason.clone(),
            });
            self.selector.set_flags(active.collect());
        }
        self.exposure.apply(fact).map_err(|e| EngineError::Fact(e.to_string()))?;
        self.counters.apply(fact);
        Ok(())
    }

    /// Takes an own fact and asks for it to be put on record.
    pub(crate) fn emit(&mut self, fact: Fact, effects: &mut Effects) -> Result<(), EngineError> {
        self.take(&fact)?;
        effects.list.push(Effect::Append(fact));
        Ok(())
    }

    /// The last cycle.
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// Whose decisions these are.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What the last cycle read, sorted by product.
    pub fn features(&self) -> &[Features] {
        &self.markets.features
    }

    /// Free and held money as last reported.
    pub fn purses(&self) -> &[Purse] {
        &self.purses
    }

    /// What is remembered.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The end of the newest candle interval that the feed has passed, over all products.
    pub fn candles_through(&self) -> Option<Timestamp> {
        self.markets.products.iter().filter_map(|m| m.candles_through).max()
    }
}

fn known(found: bool, product: ProductId) -> Result<(), EngineError> {
    if found { Ok(()) } else { Err(EngineError::UnknownProduct(product)) }
}
