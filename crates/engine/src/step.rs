//! The engine: what it remembers, and how each event changes it.

use core::time::Duration;

use domain::{
    Asset, BalancesFact, Fact, Features, Fees, Instants, Judged, Lot, ProductId, Purse, Timestamp,
    Trigger, Usd,
};
use execution::Orders;
use rules::RulesStrategy;
use state::State;

use crate::compare::{Agreement, Booked, Suspicion};
use crate::event::{Effect, Effects, Event, Probe};
use crate::held::{LotLevels, Valued};
use crate::lookout::Scanned;
use crate::markets::Markets;
use crate::upkeep::{Exits, Ladders};
use crate::{Cycle, Identity, Settings};

/// An event that cannot be true, or came at the wrong time. The engine is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The event is about a product that is not in the catalog.
    #[error("{0} is not in the venue's catalog")]
    UnknownProduct(ProductId),
    /// The event is about more products than the catalog has, or a glance holds where there is none.
    #[error("nothing is known of a book at place {0} of the venue's catalog")]
    NoGlance(usize),
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
    /// A NAV that had reached no loss stop, and what it was measured from.
    pub(crate) calm: Option<(Usd, risk::LossReferences)>,
    /// This machine's clock less the venue's at the last event, milliseconds.
    pub(crate) clock_skew_ms: Option<i64>,
    pub(crate) purses: Vec<Purse>,
    pub(crate) fees: Option<Fees>,
    /// When the account was read.
    pub(crate) account_at: Option<Timestamp>,
    /// Another one whenever purses or fees are others.
    pub(crate) account_version: u64,
    /// The account as it was put on record last.
    pub(crate) noted: Option<BalancesFact>,
    /// Which account that was, or was found to be.
    pub(crate) noted_version: Option<u64>,
    /// What the last verdict was made from.
    pub(crate) judged: Option<Judged>,
    pub(crate) orders: Orders,
    pub(crate) ladders: Ladders,
    /// Where proposals are judged.
    pub(crate) desk: risk::Desk,
    /// The clock that never steps back, at the last event.
    pub(crate) mono: Duration,
    /// Orders handed out in this step; they take the next numbers.
    pub(crate) handed_out: u64,
    /// Answers and fills since the last cycle was told.
    pub(crate) activity: Vec<Fact>,
    /// An order was accepted, or something filled, since the last cycle.
    pub(crate) executed: bool,
    /// Which lots are to be sold.
    pub(crate) exits: Exits,
    /// How records and venue compared last.
    pub(crate) agreement: Agreement,
    /// What a comparison saw and nothing explains, until it is seen again.
    pub(crate) suspicion: Option<Suspicion>,
    /// What the books come to.
    pub(crate) booked: Booked,
    /// When they were last compared completely, in whatever process.
    compared_through: Option<Timestamp>,
    /// Something filled after the account was read: its worth is not known until it is read again.
    pub(crate) account_behind: bool,
    /// The number of the newest fact that an approval must not be older than.
    pub(crate) exposure_fact: u64,
    pub(crate) lots: Vec<Lot>,
    pub(crate) levels: LotLevels,
    pub(crate) valued: Valued,
    pub(crate) candidates: Vec<Trigger>,
    /// The scan that they are of, and the uses of triggers by then.
    pub(crate) candidates_of: Option<(u64, u64)>,
    /// What the scan of the last cycle was made from.
    pub(crate) scanned: Scanned,
    /// Assets whose books the decision that is due needs.
    pub(crate) wanted: Vec<Asset>,
    pub(crate) proposals: rules::Proposals,
    pub(crate) cycle: Cycle,
}

impl Engine {
    /// An engine that knows nothing yet: feed it the catalog first.
    pub fn new(settings: Settings, identity: Identity) -> Self {
        let named = settings.universe.clusters.iter();
        let clusters = named.map(|(name, assets)| (name.as_str(), assets.as_slice()));
        let orders = Orders::new(settings.timing);
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
            calm: None,
            clock_skew_ms: None,
            purses: Vec::new(),
            fees: None,
            account_at: None,
            account_version: 0,
            noted: None,
            noted_version: None,
            judged: None,
            orders,
            ladders: Ladders::default(),
            desk: risk::Desk::default(),
            mono: Duration::ZERO,
            handed_out: 0,
            activity: Vec::new(),
            executed: false,
            exits: Exits::ByRule,
            agreement: Agreement::NotCompared,
            suspicion: None,
            booked: Booked::default(),
            compared_through: None,
            account_behind: false,
            exposure_fact: 0,
            lots: Vec::new(),
            levels: LotLevels::default(),
            valued: Valued::default(),
            candidates: Vec::new(),
            candidates_of: None,
            scanned: Scanned::default(),
            wanted: Vec::new(),
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
        self.mono = self.mono.max(now.mono);
        self.handed_out = 0;
        match event {
            Event::Recall(memory) => {
                self.recall(*memory, at);
                self.candidates_of = None;
                self.selector.renew();
            }
            Event::Catalog { products, unknown } => {
                self.markets.catalog(products, unknown);
                self.selector.renew();
            }
            Event::Gaps { from, to, gaps } => self.markets.gaps(from, to, &gaps),
            Event::History { product, hours, bars } => {
                let known_product = self.markets.history(&product, hours.as_ref(), &bars, at);
                known(known_product, product)?;
            }
            Event::SlotClosed { start, gap_secs, bars } => {
                self.markets.slot(start, gap_secs, &bars);
                self.markets.room_for_bars = bars;
            }
            Event::HourClosed { start, bars } => self.markets.hour(start, &bars),
            Event::Book { product, book, vouched } => {
                known(self.markets.book(&product, book, vouched), product)?;
            }
            Event::Glances { news, same } => {
                if let Some(place) = self.markets.glances(&news, &same, at) {
                    return Err(EngineError::NoGlance(place));
                }
                self.markets.room = (news, same);
            }
            Event::Account { purses, fees } => {
                let same = self.purses == purses && self.fees == Some(fees);
                self.account_version += u64::from(!same);
                self.purses = purses;
                self.fees = Some(fees);
                self.account_at = Some(at);
                self.account_behind = false;
            }
            Event::AccountLost => {
                self.account_version += 1;
                self.purses.clear();
                self.fees = None;
                self.account_at = Some(at);
            }
            Event::Fact(fact) => self.take(&fact)?,
            Event::Answered { intent, outcome } => self.answered(at, intent, outcome, effects)?,
            Event::Seen(order) => {
                let facts = self.orders.observe(&order, at);
                self.emit_all(facts, effects)?;
            }
            Event::Filled(fills) => {
                let facts = self.orders.fills(&fills);
                self.emit_all(facts, effects)?;
            }
            Event::Compared { look, purses, account } => {
                self.compare(at, look.as_deref(), purses.as_deref(), account, effects)?;
            }
            Event::Looked(look) => {
                let facts = self.orders.look(&look);
                self.emit_all(facts, effects)?;
            }
            Event::Trouble(trouble) => self.emit(Fact::Venue { at, trouble }, effects)?,
            Event::Flatten => self.exits = Exits::Everything,
            Event::Upkeep => self.upkeep(now, at, effects),
            Event::CycleDue(id) => self.decide(at, id, probe, effects),
        }
        Ok(())
    }

    /// Takes a fact into everything that is a fold over facts.
    fn take(&mut self, fact: &Fact) -> Result<(), EngineError> {
        self.state.apply(fact);
        self.booked.apply(fact);
        if matches!(fact, Fact::Flagged(_) | Fact::Fill(_) | Fact::Intent(_)) {
            self.keep_out(fact.at());
        }
        self.exposure.apply(fact).map_err(|e| EngineError::Fact(e.to_string()))?;
        if let Fact::Marks(_) = fact {
            // Nearly half of all facts, and to nobody else they say anything.
            return Ok(());
        }
        self.counters.apply(fact);
        self.orders.apply(fact, self.mono);
        if let Fact::Fill(_) = fact {
            self.executed = true;
            self.account_behind = true;
            // What it is after this goes on record also where the venue shows no change yet.
            self.noted = None;
        }
        // What it held is free again: whether it is, the account says.
        if let Fact::OrderEnd(end) = fact
            && self.orders.get(end.intent).is_some_and(execution::Order::is_bracket)
        {
            self.account_behind = true;
        }
        if matches!(fact, Fact::Fill(_) | Fact::Submitted(_)) {
            self.activity.push(fact.clone());
        }
        if let Fact::Reconciled(found) = fact
            && found.complete
        {
            self.compared_through = self.compared_through.max(Some(found.at));
        }
        if changes_exposure(fact) {
            self.exposure_fact = self.state.fact_number();
        }
        Ok(())
    }

    /// Products that an operator keeps out, and those of assets that the ledger does not understand.
    fn keep_out(&mut self, at: Timestamp) {
        let flagged = self.state.flags(at).map(|flagged| universe::Flag {
            product: flagged.product,
            until: flagged.until,
            reason: flagged.reason.clone(),
        });
        let doubted = self.state.ledger().doubts().flat_map(|(asset, doubt)| {
            ["USD", "USDC"].into_iter().filter_map(move |quote| {
                let product = format!("{asset}-{quote}").parse().ok()?;
                let (until, reason) = (Timestamp::from_millis(i64::MAX), doubt.to_string());
                Some(universe::Flag { product, until, reason })
            })
        });
        self.selector.set_flags(flagged.chain(doubted).collect());
    }

    pub(crate) fn emit_all(
        &mut self,
        facts: Vec<Fact>,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        facts.into_iter().try_for_each(|fact| self.emit(fact, effects))
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

    /// Another one whenever free and held money, or fees, may be others.
    pub const fn account_version(&self) -> u64 {
        self.account_version
    }

    /// Free and held money as last reported.
    pub fn purses(&self) -> &[Purse] {
        &self.purses
    }

    /// The venue's answers to orders, and fills, since the last cycle was told.
    pub fn activity(&self) -> &[Fact] {
        &self.activity
    }

    /// The last cycle was told, or everything so far was remembered: what happens from here on is
    /// the next one's.
    pub fn told(&mut self) {
        self.activity.clear();
        self.executed = false;
        self.cycle.failure = None;
    }

    /// Own orders that are live, or were until lately.
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }

    /// Whether orders are live, entries wait for their next step or lots for their next protector: all
    /// have waits of seconds. Orders that protect lots at the venue have not.
    pub fn has_orders_at_work(&self) -> bool {
        let bare = self.orders.protection().gaps(self.mono).next().is_some();
        bare || self.orders.any_at_work() || self.ladders.0.waiting() > 0
    }

    /// The number of the newest fact after which an approval must not be committed.
    pub const fn exposure_fact(&self) -> u64 {
        self.exposure_fact
    }

    /// Whether something filled after the account was read.
    pub const fn is_account_behind(&self) -> bool {
        self.account_behind
    }

    /// What is reserved and held, as the policy sees it.
    pub const fn exposure(&self) -> &risk::Exposure {
        &self.exposure
    }

    /// Whether records and venue agreed when they were compared last.
    pub const fn is_reconciled(&self) -> bool {
        matches!(self.agreement, Agreement::Agrees)
    }

    /// Whether they were compared completely in this process: before that nothing is sent, and
    /// after it the latches tell what a difference forbids.
    pub const fn is_compared(&self) -> bool {
        !matches!(self.agreement, Agreement::NotCompared)
    }

    /// When records and venue were last compared completely, by this process or an earlier one:
    /// what happened at the venue since then is not known.
    pub const fn compared_through(&self) -> Option<Timestamp> {
        self.compared_through
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

/// Whether an approval that was judged before this fact may be too much after it.
const fn changes_exposure(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Boot { .. }
            | Fact::Intent(_)
            | Fact::Fill(_)
            | Fact::Seen(_)
            | Fact::OrderEnd(_)
            | Fact::Adopted(_)
            | Fact::FlowConfirmed(_)
            | Fact::Latched { .. }
    )
}

fn known(found: bool, product: ProductId) -> Result<(), EngineError> {
    if found { Ok(()) } else { Err(EngineError::UnknownProduct(product)) }
}
