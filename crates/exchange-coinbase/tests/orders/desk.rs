//! Where orders come from in these tests: approved, recorded in a real journal, and only then sent.

use domain::{
    AccountId, Book, Bracket, Exit, ExitReason, Fact, IntentId, Level, Mode, PolicyHash, Proposal,
    Source, TimeInForce, Timestamp,
};
use exchange::{CommitView, Durable, Journalled, OrderIntent, Terms};
use rust_decimal::Decimal;
use store::{Scope, Store};

use crate::common::{self as world, T0, World, amount, dec, entry, exit, price, qty};

pub(crate) const PRODUCT: &str = "BTC-USD";

/// An account with a policy and a journal, in a market at one price.
pub(crate) struct Desk {
    mid: Decimal,
    journal: Store,
    _data: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(mid: &str) -> Self {
        let account = AccountId("recorded".to_owned());
        let scope = Scope { mode: Mode::Paper, venue: "coinbase".to_owned(), account };
        let data = tempfile::tempdir().unwrap();
        let journal = Store::open(data.path(), &scope).unwrap();
        Self { mid: dec(mid), journal, _data: data }
    }

    fn world(&self, facts: impl IntoIterator<Item = Fact>) -> World {
        let level = |by: i64| Level {
            price: price(&(self.mid + Decimal::new(by, 2)).to_string()),
            size: qty("10"),
        };
        let (bids, asks) = (vec![level(-1)], vec![level(1)]);
        let mut world = World { facts: facts.into_iter().collect(), ..World::good() };
        let market = world.market(PRODUCT);
        market.set_book(Book { bids, asks, at: T0, source: Source::Venue }, T0);
        market.last_trade = Some((price(&self.mid.to_string()), T0));
        world
    }

    fn commit(
        &mut self,
        world: &World,
        proposal: Proposal,
        number: u64,
        terms: Terms,
    ) -> Journalled<Durable> {
        let verdict = world.assess(vec![proposal]);
        let Some(approved) = verdict.approved.into_iter().next() else {
            panic!("{:?}", verdict.rejected)
        };
        let product = world::product(PRODUCT);
        let fees = world.fees.unwrap();
        let intent = OrderIntent::new(IntentId(number), approved, &product, fees, terms).unwrap();
        let view = CommitView {
            now: T0,
            policy: PolicyHash("p".to_owned()),
            account: AccountId("recorded".to_owned()),
            mode: Mode::Paper,
            exposure_fact: 0,
        };
        Journalled::commit(&mut self.journal, &view, intent).unwrap()
    }

    /// A buy that rests until a time.
    pub(crate) fn buy(
        &mut self,
        number: u64,
        size: &str,
        limit: &str,
        end: Timestamp,
    ) -> Journalled<Durable> {
        let time_in_force = TimeInForce::PostOnlyUntil(end);
        let terms = Terms { qty: qty(size), limit: price(limit), time_in_force };
        let world = self.world([]);
        self.commit(&world, Proposal::Entry(entry(PRODUCT, "5")), number, terms)
    }

    /// A sale, of a position bought earlier, that takes what it gets.
    pub(crate) fn sell(&mut self, number: u64, size: &str, limit: &str) -> Journalled<Durable> {
        let time_in_force = TimeInForce::ImmediateOrCancel;
        let terms = Terms { qty: qty(size), limit: price(limit), time_in_force };
        let (mid, bought) = (self.mid.to_string(), T0.plus_secs(-90_000));
        let mut world = self.world(world::position(1, PRODUCT, size, &mid, bought));
        world.purses[0].available = amount("9500");
        self.commit(
            &world,
            Proposal::Exit(exit(PRODUCT, size, ExitReason::StopLoss)),
            number,
            terms,
        )
    }

    /// A sale of a position bought earlier that rests as a bracket.
    pub(crate) fn protect(
        &mut self,
        number: u64,
        size: &str,
        bracket: Bracket,
    ) -> Journalled<Durable> {
        let limit = bracket.lowest(Decimal::new(1, 2)).unwrap();
        let terms = Terms { qty: qty(size), limit, time_in_force: TimeInForce::Bracket(bracket) };
        let (mid, bought) = (self.mid.to_string(), T0.plus_secs(-90_000));
        let world = self.world(world::position(1, PRODUCT, size, &mid, bought));
        let sale = exit(PRODUCT, size, ExitReason::Protection);
        let sale = Exit { bracket: Some(bracket), ..sale };
        self.commit(&world, Proposal::Exit(sale), number, terms)
    }
}
