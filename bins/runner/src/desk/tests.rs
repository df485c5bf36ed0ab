//! What a desk does with news of its orders, and with a wire that shut itself.

use std::sync::Mutex;

use domain::{
    BootId, ControlState, Fees, IntentFact, JournalId, NamesFact, Price, Purse, SubmitFact,
    TimeInForce, VenueStatus,
};
use engine::{Identity, Settings};
use exchange::{JournalError, VenueFill, VenueOrder};
use serde_json::json;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_767_614_400);
const INTENT: IntentId = IntentId(1);

/// What a venue was asked, and what it answers.
#[derive(Default)]
struct Venue {
    asked: Mutex<Vec<&'static str>>,
    order: Option<VenueOrder>,
    fills: Vec<VenueFill>,
    shut: Option<String>,
}

impl Venue {
    fn note(&self, what: &'static str) {
        self.asked.lock().unwrap().push(what);
    }

    fn asked(&self) -> Vec<&'static str> {
        core::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[async_trait::async_trait]
impl Account for Venue {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        Err(PortError::Unreachable("not here".to_owned()))
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        Err(PortError::Unreachable("not here".to_owned()))
    }
}

#[async_trait::async_trait]
impl OrderVenue for Venue {
    type Durability = Durable;

    async fn submit(&self, _: Journalled<Durable>) -> SubmitOutcome {
        self.note("submit");
        SubmitOutcome::Unknown { cause: "nothing is sent here".to_owned() }
    }

    fn shut(&self) -> Option<String> {
        self.shut.clone()
    }

    async fn cancel(&self, _: IntentId) -> Result<(), PortError> {
        self.note("cancel");
        Ok(())
    }

    async fn order(&self, _: IntentId) -> Result<VenueOrder, PortError> {
        self.note("order");
        self.order.clone().ok_or_else(|| PortError::Unknown("order".to_owned()))
    }

    async fn orders(&self, _: Timestamp) -> Result<Vec<VenueOrder>, PortError> {
        self.note("orders");
        Ok(self.order.clone().into_iter().collect())
    }

    async fn fills(&self, _: Timestamp) -> Result<Vec<VenueFill>, PortError> {
        self.note("fills");
        Ok(self.fills.clone())
    }
}

/// Facts in memory.
#[derive(Default)]
struct Book(Vec<Fact>);

impl IntentJournal for Book {
    type Durability = Durable;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.0.push(Fact::Intent(Box::new(fact.clone())));
        Ok(self.0.len() as u64)
    }
}

impl Kept for Book {
    type Journal = Self;

    fn append_all(&mut self, facts: &[Fact]) -> Result<(), Failure> {
        self.0.extend_from_slice(facts);
        Ok(())
    }

    fn journal(&mut self) -> &mut Self {
        self
    }
}

fn names() -> NamesFact {
    NamesFact { at: NOW, journal: JournalId(Uuid::nil()), boot: BootId(Uuid::nil()) }
}

/// An engine with one resting buy of 2 SOL at 100 at the venue.
fn engine() -> Engine {
    let policy = PolicyHash("test".to_owned());
    let settings = Settings {
        regime: regime::Params::default(),
        universe: universe::Policy::default(),
        triggers: triggers::Params::default(),
        rules: rules::Params::default(),
        exits: rules::ExitParams::default(),
        limits: risk::Limits::new(risk::Policy::default(), policy).unwrap(),
        execution: execution::ExecutionTerms::default(),
        timing: Timing::default(),
        custody: engine::Custody::default(),
    };
    let identity = Identity {
        mode: Mode::Live,
        venue: "fake".to_owned(),
        account: AccountId("fake".to_owned()),
        config_hash: String::new(),
    };
    let mut engine = Engine::new(settings, identity);
    let life = TimeInForce::PostOnlyUntil(NOW.plus_secs(90));
    let intent: IntentFact = serde_json::from_value(json!({
        "at": NOW, "intent": INTENT, "product": "SOL-USD", "asset": "SOL", "tier": "T1",
        "side": Side::Buy, "qty": "2", "limit": "100", "worst_case": "202.4",
        "plan": {"stop_pct": "6", "target_pct": "12", "max_hold_hours": 48},
        "time_in_force": life,
    }))
    .unwrap();
    let outcome = SubmitOutcome::Accepted { venue_order_id: "o-1".to_owned() };
    let answer = SubmitFact { at: NOW, intent: INTENT, outcome };
    for fact in [Fact::Named(names()), Fact::Intent(Box::new(intent)), Fact::Submitted(answer)] {
        step(&mut engine, at(0), Event::Fact(fact)).unwrap();
    }
    engine
}

fn at(secs: i64) -> Instants {
    crate::feed::instants(NOW.plus_secs(secs))
}

fn shown(status: VenueStatus, filled: &str) -> VenueOrder {
    let price: Price = "100".parse().unwrap();
    VenueOrder {
        venue_order_id: "o-1".to_owned(),
        client_order_id: names().client_order_id(INTENT).to_string(),
        product: "SOL-USD".to_owned(),
        side: Side::Buy,
        status,
        qty: Some("2".parse().unwrap()),
        limit: Some(price),
        filled: filled.parse().unwrap(),
        average_price: (filled != "0").then_some(price),
        fees: None,
        created: NOW,
        updated: None,
    }
}

/// As the stream tells it: without its size.
fn told(status: VenueStatus, filled: &str) -> VenueOrder {
    VenueOrder { qty: None, ..shown(status, filled) }
}

fn fill() -> VenueFill {
    VenueFill {
        entry_id: "e-1".to_owned(),
        trade_id: "t-1".to_owned(),
        venue_order_id: "o-1".to_owned(),
        product: "SOL-USD".to_owned(),
        side: Side::Buy,
        kind: Some(domain::FillKind::Fill),
        qty: "2".parse().unwrap(),
        price: "100".parse().unwrap(),
        fee: "1.2".parse().unwrap(),
        liquidity: Some(domain::Liquidity::Maker),
        at: NOW.plus_secs(1),
    }
}

fn desk(venue: &Arc<Venue>, engine: &Engine) -> Desk {
    let venue = Arc::<Venue>::clone(venue);
    Desk::new(venue, engine, PolicyHash("test".to_owned()), Box::new(|| None))
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn what_is_told_of_an_own_order_is_asked_for_at_once_and_booked_once() {
    let order = Some(shown(VenueStatus::Filled, "2"));
    let venue = Arc::new(Venue { order, fills: vec![fill()], ..Venue::default() });
    let (mut engine, mut book) = (engine(), Book::default());
    let mut desk = desk(&venue, &engine);
    let news = told(VenueStatus::Filled, "2");
    // Twice in one reading, as venues do.
    let twice = [news.clone(), news.clone()];
    run(desk.hear(at(1), &twice, &mut engine, &mut book)).unwrap();
    let asked = venue.asked();
    assert_eq!(asked.iter().filter(|what| **what == "order").count(), 1, "{asked:?}");
    assert!(asked.contains(&"fills"), "{asked:?}");
    let fills = |book: &Book| book.0.iter().filter(|fact| matches!(fact, Fact::Fill(_))).count();
    assert_eq!(fills(&book), 1);
    assert_eq!(engine.orders().live().count(), 0);
    // Again, and then late: it is over, and nothing is asked for.
    let late = [news, told(VenueStatus::Open, "1"), told(VenueStatus::Pending, "0")];
    run(desk.hear(at(2), &late, &mut engine, &mut book)).unwrap();
    assert_eq!((venue.asked(), fills(&book)), (Vec::new(), 1));
}

#[test]
fn a_stream_that_tells_what_is_not_so_books_nothing() {
    let order = Some(shown(VenueStatus::Open, "0"));
    let venue = Arc::new(Venue { order, ..Venue::default() });
    let (mut engine, mut book) = (engine(), Book::default());
    let mut desk = desk(&venue, &engine);
    let wrong = [told(VenueStatus::Filled, "2"), told(VenueStatus::Cancelled, "0")];
    run(desk.hear(at(1), &wrong, &mut engine, &mut book)).unwrap();
    assert!(venue.asked().contains(&"order"), "the venue is asked");
    assert_eq!(engine.orders().live().count(), 1, "and what it says holds");
    let booked = book.0.iter().any(|fact| matches!(fact, Fact::Fill(_) | Fact::OrderEnd(_)));
    assert!(!booked, "{:?}", book.0);
}

#[test]
fn what_is_known_already_and_what_is_not_ours_costs_no_request() {
    let venue = Arc::new(Venue { order: Some(shown(VenueStatus::Open, "0")), ..Venue::default() });
    let (mut engine, mut book) = (engine(), Book::default());
    let mut desk = desk(&venue, &engine);
    let foreign = VenueOrder {
        venue_order_id: "o-9".to_owned(),
        client_order_id: "somebody".to_owned(),
        ..told(VenueStatus::Filled, "2")
    };
    let told = [told(VenueStatus::Open, "0"), foreign];
    run(desk.hear(at(1), &told, &mut engine, &mut book)).unwrap();
    assert_eq!(venue.asked(), Vec::<&str>::new());
}

#[test]
fn a_wire_that_shut_itself_latches_once_and_leaves_reductions() {
    let shut = Some("intent 7 was to be sent twice".to_owned());
    let venue = Arc::new(Venue { shut, ..Venue::default() });
    let (mut engine, mut book) = (engine(), Book::default());
    let mut desk = desk(&venue, &engine);
    for secs in 1..4 {
        run(desk.upkeep(at(secs), &mut engine, &mut book)).unwrap();
    }
    let reason = |fact: &Fact| {
        let Fact::Latched { latch: Latch::WireShut, reason, .. } = fact else { return None };
        Some(reason.clone())
    };
    let latched: Vec<_> = book.0.iter().filter_map(reason).collect();
    assert_eq!(latched, ["intent 7 was to be sent twice"]);
    // What `runner status` makes of the records.
    let state = state::State::of(&book.0);
    assert!(state.latches(NOW.plus_secs(3)).contains(&Latch::WireShut));
    assert_eq!(state.control(NOW.plus_secs(3)), ControlState::ReduceOnly);
    assert_eq!(engine.state().control(NOW.plus_secs(3)), ControlState::ReduceOnly);
    // A person resumes it in a process whose wire is still shut: it is latched again.
    let resumed = Fact::Resumed { at: NOW, latch: Latch::WireShut, reason: "seen".to_owned() };
    step(&mut engine, at(4), Event::Fact(resumed)).unwrap();
    run(desk.upkeep(at(4), &mut engine, &mut book)).unwrap();
    assert_eq!(engine.state().control(NOW.plus_secs(4)), ControlState::ReduceOnly);
}

#[test]
fn what_an_entry_fills_after_everything_was_to_be_sold_is_sold_too() {
    let mut engine = engine();
    step(&mut engine, at(0), Event::Flatten).unwrap();
    // Nothing is held, and the entry still rests.
    step(&mut engine, at(1), Event::Upkeep).unwrap();
    step(&mut engine, at(2), Event::Filled(vec![fill()])).unwrap();
    let lot = engine.state().ledger().lots().next().unwrap().id;
    step(&mut engine, at(3), Event::Upkeep).unwrap();
    // Without a price it cannot be sold, and was tried.
    assert!(!engine.orders().exit_wait(lot, core::time::Duration::ZERO).is_zero());
}

#[test]
fn at_the_last_own_entries_are_cancelled_once_each_and_nothing_is_put_on_record() {
    let (venue, engine) = (Arc::new(Venue::default()), engine());
    run(desk(&venue, &engine).last_resort(&engine));
    assert_eq!(venue.asked(), ["cancel"]);
}
