//! What a venue does when it fails, and when it is asked.

use domain::{AccountId, CycleStatus, NoTrade, PolicyHash};
use engine::{Identity, Settings};
use exchange::{MockAccount, MockMarketData, PortError};

use super::*;
use crate::Code;

/// A venue of two mocks.
struct Venue(MockMarketData, MockAccount);

#[async_trait::async_trait]
impl MarketData for Venue {
    async fn products(&self) -> Result<Vec<domain::Product>, PortError> {
        self.0.products().await
    }

    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<domain::Bars>, PortError> {
        self.0.bars(product, from, to).await
    }

    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError> {
        self.0.gaps(from, to).await
    }

    async fn book(&self, product: ProductId) -> Result<Option<exchange::BookReading>, PortError> {
        self.0.book(product).await
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        self.0.now().await
    }
}

impl Readable for Venue {
    fn instants(&self, venue: Timestamp) -> Instants {
        instants(venue)
    }
}

#[async_trait::async_trait]
impl Account for Venue {
    async fn purses(&self) -> Result<Vec<domain::Purse>, PortError> {
        self.1.purses().await
    }

    async fn fees(&self) -> Result<domain::Fees, PortError> {
        self.1.fees().await
    }
}

const NOW: Timestamp = Timestamp::from_secs(1_767_614_400);

fn engine() -> Engine {
    let hash = PolicyHash("test".to_owned());
    let settings = Settings {
        regime: regime::Params::default(),
        universe: universe::Policy::default(),
        triggers: triggers::Params::default(),
        rules: rules::Params::default(),
        exits: rules::ExitParams::default(),
        limits: risk::Limits::new(risk::Policy::default(), hash).unwrap(),
        execution: execution::ExecutionTerms::default(),
        timing: execution::Timing::default(),
        custody: engine::Custody::default(),
    };
    let identity = Identity {
        mode: domain::Mode::DryRun,
        venue: "mock".to_owned(),
        account: AccountId("mock".to_owned()),
        config_hash: String::new(),
    };
    Engine::new(settings, identity)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn begin(venue: &Venue, engine: &mut Engine) -> Result<Feed, Failure> {
    let slow = Slow { catalog_secs: 900, account_secs: 300 };
    Ok(run(Feed::begin(venue, Vec::new(), engine, slow))?)
}

#[test]
fn an_account_that_cannot_be_read_ends_in_no_trade_and_not_in_an_error() {
    let (mut market, mut account) = (MockMarketData::new(), MockAccount::new());
    market.expect_now().returning(|| Ok(NOW));
    market.expect_products().returning(|| Ok(Vec::new()));
    market.expect_gaps().returning(|_, _| Ok(Vec::new()));
    account.expect_purses().returning(|| Err(PortError::Unreadable("garbage".to_owned())));
    account.expect_fees().times(0..=1).returning(|| Err(PortError::Unreachable(String::new())));
    let (venue, mut engine) = (Venue(market, account), engine());
    begin(&venue, &mut engine).unwrap();
    let mut effects = Effects::default();
    let due = Event::CycleDue(domain::CycleId::default());
    engine.step(instants(NOW), due, &mut NoProbe, &mut effects).unwrap();
    assert_eq!(engine.cycle().status, CycleStatus::NoTrade);
    assert_eq!(engine.cycle().no_trade_reason, Some(NoTrade::DataUnavailable));
}

#[test]
fn a_market_that_cannot_be_reached_is_a_failure_with_its_code() {
    let mut market = MockMarketData::new();
    market.expect_now().returning(|| Err(PortError::Unreachable("no route".to_owned())));
    let venue = Venue(market, MockAccount::new());
    let failure = begin(&venue, &mut engine()).unwrap_err();
    assert_eq!(failure.code, Code::Unreachable);
    assert!(failure.message.contains("no route"), "{failure}");
}

#[test]
fn slow_facts_are_read_when_they_are_due_and_not_before() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    let clock = Arc::new(AtomicI64::new(NOW.secs()));
    let (mut market, mut account) = (MockMarketData::new(), MockAccount::new());
    let now = Arc::clone(&clock);
    market.expect_now().returning(move || Ok(Timestamp::from_secs(now.load(Ordering::SeqCst))));
    market.expect_gaps().returning(|_, _| Ok(Vec::new()));
    // At the start and after 15 and 30 minutes; at the start and every five.
    market.expect_products().times(3).returning(|| Ok(Vec::new()));
    account.expect_purses().times(7).returning(|| Ok(Vec::new()));
    account.expect_fees().times(7).returning(|| {
        Ok(domain::Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() })
    });
    let (venue, mut engine) = (Venue(market, account), engine());
    let mut feed = begin(&venue, &mut engine).unwrap();
    for _minute in 0..30 {
        clock.fetch_add(60, Ordering::SeqCst);
        run(feed.advance(&venue, &mut engine)).unwrap();
    }
}
