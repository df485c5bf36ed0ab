//! Own orders as they change, through the port.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{IntentId, VenueStatus};
use exchange::{OrderFeed as _, OrderNews, OrderVenue as _, SubmitOutcome, VenueOrder};
use exchange_coinbase::adapter::OrderStream;
use exchange_coinbase::ws::StreamConfig;
use exchange_coinbase::{Address, Credentials};
use exchange_sim_server::{Config, Server, scenarios_in};

use crate::desk::PRODUCT;
use crate::scripted::{Frozen, name};
use crate::served::{Market, credentials};
use crate::server::run;

/// Long enough for the slowest machine; nothing waits for it to pass.
const LONG: Duration = Duration::from_mins(1);

fn follow(server: &Server, key: Arc<Credentials>) -> OrderStream {
    let address = format!("ws://{}", server.http().unwrap());
    let mut config = StreamConfig::new(Address::user_data(&address).unwrap());
    config.timing.reconnect = Duration::from_millis(20);
    OrderStream::open(config.signed(key, Arc::new(Frozen)))
}

async fn next(stream: &mut OrderStream) -> OrderNews {
    tokio::time::timeout(LONG, stream.next()).await.unwrap().unwrap()
}

/// What is told of an order up to this status.
async fn until(stream: &mut OrderStream, status: VenueStatus) -> VenueOrder {
    loop {
        match next(stream).await {
            OrderNews::Order { order, .. } if order.status == status => return order,
            OrderNews::Order { .. } => {}
            other => panic!("{other:?} before {status:?}"),
        }
    }
}

#[test]
fn open_orders_are_told_first_then_each_change_with_its_sums() {
    run(async {
        let mut market = Market::new(|config| config).await;
        let SubmitOutcome::Accepted { venue_order_id } = market.buy(7).await else { panic!() };
        let mut stream = follow(&market.server, credentials(&market.server));
        let resting = until(&mut stream, VenueStatus::Open).await;
        assert_eq!(
            (&resting.client_order_id, &resting.venue_order_id),
            (&name(7), &venue_order_id)
        );
        assert_eq!((resting.product.clone(), resting.average_price), (PRODUCT.to_owned(), None));
        assert!(resting.filled.is_zero() && resting.limit.is_some());
        assert!(matches!(next(&mut stream).await, OrderNews::Whole { .. }));

        market.venue.cancel(IntentId(7)).await.unwrap();
        let ended = until(&mut stream, VenueStatus::Cancelled).await;
        assert_eq!(ended.venue_order_id, venue_order_id);

        market.sell(8).await;
        let sold = until(&mut stream, VenueStatus::Filled).await;
        assert_eq!((sold.client_order_id, sold.filled.to_string()), (name(8), "0.001".into()));
        assert!(sold.average_price.is_some() && sold.fees.is_some_and(|fees| !fees.is_zero()));
        stream.close().await;
    });
}

/// The connection ends instead of telling the first change.
const CUT: &str = "
version: 1
scenarios:
  - name: cut
    about: The first change of an order is never told.
    rules:
      - on: {channel: user, event: update}
        when: {nth: 1}
        fault: {kind: disconnect}
";

#[test]
fn a_lost_connection_is_told_and_then_all_that_is_still_open() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cut.yaml");
        std::fs::write(&path, CUT).unwrap();
        let scenario = scenarios_in(&path).unwrap().pop();
        let mut market = Market::new(|config| Config { scenario, ..config }).await;
        market.buy(7).await;
        market.buy(8).await;
        let mut stream = follow(&market.server, credentials(&market.server));
        let open = async |stream: &mut OrderStream| {
            let mut names = BTreeSet::new();
            loop {
                match next(stream).await {
                    OrderNews::Order { order, .. } => drop(names.insert(order.client_order_id)),
                    OrderNews::Whole { .. } => return names,
                    lost @ OrderNews::Lost { .. } => panic!("{lost:?}"),
                }
            }
        };
        assert_eq!(open(&mut stream).await, [name(7), name(8)].into());
        market.venue.cancel(IntentId(7)).await.unwrap();
        let OrderNews::Lost { cause } = next(&mut stream).await else { panic!() };
        assert!(cause.contains("Closed"), "{cause}");
        assert_eq!(open(&mut stream).await, [name(8)].into(), "what ended is not told again");
    });
}

#[test]
fn a_key_that_the_venue_refuses_is_told_and_nothing_is_whole() {
    run(async {
        let market = Market::new(|config| config).await;
        let stranger = Market::new(|config| Config { salt: 9, ..config }).await;
        let mut stream = follow(&market.server, credentials(&stranger.server));
        let OrderNews::Lost { cause } = next(&mut stream).await else { panic!() };
        assert!(cause.to_lowercase().contains("authentication"), "{cause}");
    });
}
