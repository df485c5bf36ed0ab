//! An account in the hands of a command, while no loop runs: its records locked, its orders at the
//! venue seen and cancelled, its lots sold. Nothing here buys: no cycle is ever due, and the wire
//! refuses entries.

use core::time::Duration;
use std::collections::BTreeSet;

use config::{Config, Venue};
use domain::{Fact, Instants, Latch, Mode, ProductId, RunKind, Timestamp, remembered};
use engine::{Effects, Engine, Event, NoProbe};
use exchange::{Account as _, BookReading, MarketData as _, PortError};
use state::{Request, State};
use store::Scope;

use crate::coinbase::{self, LiveVenue};
use crate::control::carried_out;
use crate::desk::{Desk, Kept as _};
use crate::feed::{Readable as _, tell};
use crate::keep::Keeper;
use crate::orders::folded;
use crate::rebuild::trading;
use crate::venue::ReadOnly as _;
use crate::{Code, Failure, assemble, keys};

/// Pause between two looks at what is left to do.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Whether an account has orders that outlive the process: only there is something to do at the
/// venue when no loop runs.
pub(crate) fn reach(scope: &Scope) -> bool {
    scope.mode == Mode::Live && scope.venue == Venue::Coinbase.as_str()
}

/// The records alone, locked.
pub(crate) struct Locked {
    /// With mode and venue of the scope.
    pub(crate) config: Config,
    scope: Scope,
    keeper: Keeper,
}

/// The records and the way to the venue.
pub(crate) struct Hands {
    keeper: Keeper,
    venue: LiveVenue,
    engine: Engine,
    desk: Desk,
    products: BTreeSet<ProductId>,
}

impl Locked {
    /// Takes the records of a scope.
    pub(crate) fn take(config: &Config, scope: &Scope) -> Result<Self, Failure> {
        let mut config = config.clone();
        config.app.mode = scope.mode;
        if reach(scope) {
            config.app.exchange.venue = Venue::Coinbase;
        }
        let keeper = Keeper::open(&config, scope, RunKind::Loop)?;
        Ok(Self { config, scope: scope.clone(), keeper })
    }

    /// Carries a request out on record; what it came to, in words.
    pub(crate) fn carry_out(
        &mut self,
        id: &str,
        request: &Request,
        at: impl FnOnce(&State) -> Timestamp,
    ) -> Result<String, Failure> {
        let known: Vec<_> = remembered(self.keeper.facts_on_record()?).collect();
        let state = State::of(&known);
        let at = at(&state);
        let (facts, text) = carried_out(id, request, at, &state, &folded(&known))
            .map_err(|refusal| Failure::new(Code::Failed, refusal))?;
        self.keeper.append_all(&facts)?;
        Ok(text)
    }

    /// Everything on record.
    pub(crate) fn facts(&self) -> Result<Vec<Fact>, Failure> {
        self.keeper.facts_on_record()
    }

    /// Whether the kill switch is latched on record.
    pub(crate) fn is_killed(&self) -> Result<bool, Failure> {
        let known: Vec<_> = remembered(self.facts()?).collect();
        let state = State::of(&known);
        Ok(state.as_of().is_some_and(|at| state.latches(at).contains(&Latch::Kill)))
    }

    /// Goes to the venue, as a process of its own that remembers what was on record.
    pub(crate) async fn reach_out(self) -> Result<Hands, Failure> {
        let Self { config, scope, mut keeper } = self;
        let mut engine = assemble::engine(&config, scope.account.clone())?;
        let past = keeper.past()?;
        let state = State::of(&past.facts);
        let held = state.ledger().lots().map(|lot| lot.product);
        // What an order of the last days filled unseen becomes a lot at the first look.
        let orders = folded(&past.facts);
        let products: BTreeSet<_> =
            held.chain(orders.all().map(|(_, order)| order.sent().product)).collect();
        let venue = coinbase::connect(&config, keys::find()?, Some(products.clone())).await?;
        let trading = trading(&venue, &scope)?;
        let start = venue.now().await.map_err(|e| coinbase::located(&config, &e.into()))?;
        venue.recall(&past.facts)?;
        let boot = keeper.boot(&config, start)?;
        for fact in past.facts.into_iter().chain(boot) {
            venue.names().apply(&fact);
            tell(&mut engine, venue.instants(start), fact)?;
        }
        engine.told();
        let nothing = || Some("a command buys nothing".to_owned());
        let desk = Desk::new(trading, &engine, config.policy_hash(), Box::new(nothing));
        Ok(Hands { keeper, venue, engine, desk, products })
    }
}

impl Hands {
    /// All clocks now.
    async fn now(&self) -> Result<Instants, Failure> {
        Ok(self.venue.instants(self.venue.now().await?))
    }

    /// Takes in what the venue shows, and does what is due. A latched kill has own entries
    /// cancelled. Whether own entries may fill yet is [`Self::entries`].
    pub(crate) async fn look_after(&mut self) -> Result<(), Failure> {
        let asked = self.now().await?;
        self.desk.see(asked, &mut self.engine, &mut self.keeper).await?;
        // What is known is cancelled before the venue is asked for what is not.
        let now = self.now().await?;
        self.desk.act(now, &mut self.engine, &mut self.keeper).await?;
        let now = self.now().await?;
        self.desk.compare(now, &mut self.engine, &mut self.keeper).await
    }

    /// Has every lot sold from the next look on.
    pub(crate) async fn sell_all(&mut self) -> Result<(), Failure> {
        let (ready, all) = self.venue.warm().await;
        if ready < all {
            tracing::warn!(missing = all - ready, "books that did not come: their lots wait");
        }
        let (products, unknown) = (self.venue.products().await?, Vec::new());
        self.give(Event::Catalog { products, unknown }).await?;
        let (purses, fees) = (self.venue.purses().await?, self.venue.fees().await?);
        self.give(Event::Account { purses, fees }).await?;
        self.give(Event::Flatten).await
    }

    /// Takes the prices of what is held.
    pub(crate) async fn prices(&mut self) -> Result<(), Failure> {
        for product in self.products.clone() {
            let reading = match self.venue.book(product).await {
                Err(PortError::Unknown(_)) => continue,
                reading => reading?,
            };
            if let Some(BookReading { book, vouched }) = reading {
                self.give(Event::Book { product, book, vouched }).await?;
            }
        }
        Ok(())
    }

    async fn give(&mut self, event: Event) -> Result<(), Failure> {
        let now = self.now().await?;
        // What these events change is acted on by the next look.
        self.engine.step(now, event, &mut NoProbe, &mut Effects::default())?;
        Ok(())
    }

    /// Own entries that may fill yet, and how many of them nobody knows.
    pub(crate) fn entries(&self) -> (usize, usize) {
        let live = || self.engine.orders().live().filter(|(_, order)| order.is_entry());
        let unknown = |order: &execution::Order| !order.state().is_at_venue();
        (live().count(), live().filter(|(_, order)| unknown(order)).count())
    }

    /// Lots that are left, and own orders that may fill yet.
    pub(crate) fn left(&self) -> (usize, usize) {
        let lots = self.engine.state().ledger().lots().count();
        (lots, self.engine.orders().live().count())
    }

    /// Everything on record.
    pub(crate) fn facts(&self) -> Result<Vec<Fact>, Failure> {
        self.keeper.facts_on_record()
    }
}
