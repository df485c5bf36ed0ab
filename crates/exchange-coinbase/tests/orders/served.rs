//! The same adapter against the served venue, which keeps an account and matches orders.

use std::sync::Arc;

use domain::{Clock as _, IntentId, SubmitOutcome};
use exchange::{Account as _, OrderVenue as _};
use exchange_coinbase::adapter::Coinbase;
use exchange_coinbase::rest::{
    Audience, CandleRange, FillQuery, Granularity, Order, OrderQuery, RestClient, Timer,
};
use exchange_coinbase::wire::OrderStatus;
use exchange_coinbase::ws::StreamConfig;
use exchange_coinbase::{Address, Credentials};
use exchange_sim::Seeded;
use exchange_sim_server::{
    AccountSpec, CandleExcess, Config, KeyKind, Pace, Permissions, Server, scenario,
};
use rust_decimal::Decimal;

use crate::common::T0;
use crate::desk::{Desk, PRODUCT};
use crate::scripted::{Frozen, end, limits, name, parts};
use crate::server::run;

/// A served venue, our adapter with a key of it, and a desk at its market's price.
pub(crate) struct Market {
    pub(crate) server: Server,
    pub(crate) venue: Coinbase,
    pub(crate) desk: Desk,
    /// The best bid.
    bid: Decimal,
}

pub(crate) fn credentials(server: &Server) -> Arc<Credentials> {
    let key = &server.keys()[0][0];
    Arc::new(Credentials::from_text(&key.name, &key.secret).unwrap())
}

impl Market {
    pub(crate) async fn new(change: impl FnOnce(Config) -> Config) -> Self {
        let funds = [("USD", "10000"), ("BTC", "0.5")];
        let funds = funds.map(|(asset, sum)| (asset.parse().unwrap(), sum.parse().unwrap()));
        let keys = vec![(KeyKind::Es256, Permissions::TRADER)];
        let account = AccountSpec { name: "one".to_owned(), funds: funds.into(), keys };
        let config = Config::new(Seeded::new(247).unwrap(), vec![account]).unwrap();
        let config = Config { pace: Pace::ByHand { from: T0 }, budgets: None, ..config };
        let server = Server::start(change(config)).await.unwrap();
        let host = server.http().unwrap();
        let timer: Arc<dyn Timer> = Arc::new(Frozen);
        let rest = RestClient::builder(Address::rest(&format!("http://{host}")).unwrap())
            .credentials(credentials(&server))
            .limits(limits())
            .timer(Arc::clone(&timer))
            .build()
            .unwrap();
        let stream = StreamConfig::new(Address::market_data(&format!("ws://{host}")).unwrap());
        let venue = Coinbase::open(parts(rest, timer, stream)).await.unwrap();
        let book = venue.rest().product_book(Audience::Account, PRODUCT, Some(1)).await.unwrap();
        let bid = book.pricebook.bids[0].price;
        let desk = Desk::new(&(bid + Decimal::new(1, 2)).to_string());
        Self { server, venue, desk, bid }
    }

    pub(crate) async fn in_scenario(name: &str) -> Self {
        let scenario = Some(scenario(name, None).unwrap());
        Self::new(|config| Config { scenario, ..config }).await
    }

    /// Rests a buy of a thousandth, a hundredth below the market.
    pub(crate) async fn buy(&mut self, number: u64) -> SubmitOutcome {
        let limit = (self.bid * Decimal::new(99, 2)).round_dp(2).to_string();
        self.venue.submit(self.desk.buy(number, "0.001", &limit, end())).await
    }

    /// Sells a thousandth at once.
    pub(crate) async fn sell(&mut self, number: u64) -> SubmitOutcome {
        let limit = (self.bid * Decimal::new(995, 3)).round_dp(2).to_string();
        self.venue.submit(self.desk.sell(number, "0.001", &limit)).await
    }

    async fn orders(&self) -> Vec<Order> {
        self.venue.rest().orders(&OrderQuery::default()).await.unwrap()
    }

    fn posts(&self) -> usize {
        let seen = self.server.requests();
        seen.iter().filter(|seen| seen.method == "POST" && seen.path.ends_with("/orders")).count()
    }
}

fn id(outcome: &SubmitOutcome) -> String {
    let SubmitOutcome::Accepted { venue_order_id } = outcome else { panic!("{outcome:?}") };
    venue_order_id.clone()
}

#[test]
fn an_order_is_accepted_rests_is_cancelled_and_a_sale_is_filled() {
    run(async {
        let mut market = Market::new(|config| config).await;
        let purse = async |venue: &Coinbase, asset: &str| {
            let purses = venue.purses().await.unwrap();
            let purse = purses.into_iter().find(|purse| purse.asset.to_string() == asset).unwrap();
            (purse.available.get(), purse.held.get())
        };
        let fees = market.venue.fees().await.unwrap();
        assert_eq!(
            (fees.maker_bps.to_string(), fees.taker_bps.to_string()),
            ("60".into(), "120".into())
        );
        assert_eq!(purse(&market.venue, "USD").await, (10_000.into(), 0.into()));

        let bought = id(&market.buy(7).await);
        let (free, held) = purse(&market.venue, "USD").await;
        assert!(held > Decimal::ZERO && free + held == 10_000.into(), "{free} {held}");
        market.venue.cancel(IntentId(7)).await.unwrap();
        let order = market.venue.rest().order(&bought).await.unwrap();
        assert_eq!((order.status, order.client_order_id), (OrderStatus::Cancelled, name(7)));
        assert_eq!(purse(&market.venue, "USD").await, (10_000.into(), 0.into()));

        let sold = id(&market.sell(8).await);
        let order = market.venue.rest().order(&sold).await.unwrap();
        assert_eq!(order.status, OrderStatus::Filled);
        let query = FillQuery { order_ids: vec![sold], ..FillQuery::default() };
        let fills = market.venue.rest().fills(&query).await.unwrap();
        let size: Decimal = fills.iter().map(|fill| fill.size).sum();
        assert_eq!(size, Decimal::new(1, 3));
        assert_eq!(purse(&market.venue, "BTC").await, (Decimal::new(499, 3), 0.into()));
        assert!(purse(&market.venue, "USD").await.0 > 10_000.into());
        assert_eq!((market.posts(), market.venue.wire_is_shut()), (2, None));
    });
}

#[test]
fn each_scenario_of_an_order_post_ends_as_it_must() {
    let cases = [
        ("reply-lost", "Unknown", 1),
        ("reply-without-id", "Unknown", 1),
        ("close-mid-reply", "Unknown", 1),
        ("error-after-effect", "Unknown", 1),
        ("success-with-reason", "Accepted", 1),
        ("unknown-status", "Accepted", 1),
    ];
    run(async {
        for (name, expected, orders) in cases {
            let mut market = Market::in_scenario(name).await;
            let outcome = market.buy(7).await;
            assert!(format!("{outcome:?}").starts_with(expected), "{name}: {outcome:?}");
            assert_eq!(market.posts(), 1, "{name}: sent once");
            // What really happened, whatever was said about it: found by its client id.
            let found = market.orders().await;
            assert_eq!(found.len(), orders, "{name}");
            market.venue.cancel(IntentId(7)).await.unwrap();
        }
        let mut market = Market::in_scenario("listing-lag").await;
        let outcome = market.buy(7).await;
        let SubmitOutcome::Unknown { cause } = &outcome else { panic!("{outcome:?}") };
        assert!(cause.contains("cannot be read back"), "{cause}");
        assert_eq!(market.posts(), 1);
    });
}

#[test]
fn a_venue_that_refuses_long_spans_of_candles_is_asked_for_none() {
    run(async {
        let market =
            Market::new(|config| Config { candle_excess: CandleExcess::Refused, ..config }).await;
        let to = T0.plus_secs(-60);
        let range =
            CandleRange { from: to.plus_secs(-999 * 60), to, granularity: Granularity::OneMinute };
        let candles = market.venue.rest().candles(Audience::Public, PRODUCT, range).await.unwrap();
        let starts = candles.iter().map(|candle| candle.start).collect::<Vec<_>>();
        assert!(starts.is_sorted() && starts.len() > 900, "{}", starts.len());
        let asked = market.server.requests().into_iter();
        let asked = asked.filter(|seen| seen.path.ends_with("/candles")).count();
        assert_eq!(asked, 3, "1,000 minutes are three requests");
        assert_eq!(Frozen.now().wall, T0);
    });
}
