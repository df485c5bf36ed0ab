//! Streams: a book that may be wrong is not given out, and a connection that is dead is left.

use std::collections::BTreeSet;
use std::time::Duration;

use exchange_coinbase::rest::Audience;
use exchange_coinbase::wire::OrderStatus;
use exchange_coinbase::ws::{
    Channel, Depth, Event, Events, Loss, Reason, Shard, Stream, UserOrder, queue,
};

use crate::client::{Client, product, until};
use crate::common::PRODUCT;

fn has_book(stream: &Stream) -> bool {
    stream.session().book(&product(), Depth::default()).is_some()
}

async fn ready(events: &mut Events) {
    until(events, |event| *event == Event::BookReady(product())).await;
}

/// Moves the market while an event is waited for.
async fn while_moving(
    client: &Client,
    events: &mut Events,
    wanted: impl Fn(&Event) -> bool,
) -> Event {
    let mut minutes = tokio::time::interval(Duration::from_millis(100));
    let waited = until(events, wanted);
    tokio::pin!(waited);
    loop {
        tokio::select! {
            event = &mut waited => return event,
            _ = minutes.tick() => client.advance(Duration::from_mins(1)),
        }
    }
}

#[tokio::test]
async fn after_a_missing_message_there_is_no_book_until_the_next_snapshot() {
    let client = Client::in_scenario("sequence-gap").await;
    let (stream, mut events) = crate::client::stream(&[Channel::Level2], client.stream_config());
    ready(&mut events).await;
    let lost = while_moving(&client, &mut events, |e| matches!(e, Event::Lost(_))).await;
    let Event::Lost(Loss::Gap { due, found }) = lost else { panic!("{lost:?}") };
    assert_eq!(found, due + 1);
    until(&mut events, |e| matches!(e, Event::BookLost { .. })).await;
    ready(&mut events).await;
    assert!(has_book(&stream));
    stream.close().await;
}

#[tokio::test]
async fn a_snapshot_larger_than_usual_limits_is_read() {
    let client = Client::in_scenario("huge-snapshot").await;
    let (stream, mut events) = crate::client::stream(&[Channel::Level2], client.stream_config());
    ready(&mut events).await;
    assert!(has_book(&stream));
    stream.close().await;
}

/// Whether a reason is the one that a scenario gives.
type Expected<'a> = &'a dyn Fn(&Reason) -> bool;

#[tokio::test]
async fn a_connection_that_is_dead_in_any_way_is_left_for_a_new_one() {
    let silent = |reason: &Reason| *reason == Reason::Silence;
    let beatless = |reason: &Reason| *reason == Reason::NoHeartbeat;
    let broken = |reason: &Reason| matches!(reason, Reason::Broken(_));
    let cases: [(&str, Expected<'_>); 3] =
        [("silent-socket", &silent), ("no-heartbeats", &beatless), ("disconnect", &broken)];
    for (scenario, why) in cases {
        let client = Client::in_scenario(scenario).await;
        let mut config = client.stream_config();
        match scenario {
            "silent-socket" => config.timing.silence = Duration::from_secs(3),
            "no-heartbeats" => config.timing.heartbeat = Duration::from_secs(3),
            _ => {}
        }
        let (stream, mut events) = crate::client::stream(&[Channel::Level2], config);
        ready(&mut events).await;
        let lost = while_moving(&client, &mut events, |e| matches!(e, Event::Lost(_))).await;
        let Event::Lost(Loss::Closed(reason)) = lost else { panic!("{scenario}: {lost:?}") };
        assert!(why(&reason), "{scenario}: {reason:?}");
        // Its book was lost with it, and comes anew.
        ready(&mut events).await;
        stream.close().await;
    }
}

#[tokio::test]
async fn a_market_that_stands_still_under_heartbeats_shows_by_the_books_last_change() {
    let client = Client::in_scenario("stale-data").await;
    let (stream, mut events) =
        crate::client::stream(&[Channel::Level2, Channel::MarketTrades], client.stream_config());
    ready(&mut events).await;
    let changed = || stream.session().book(&product(), Depth::default()).unwrap().book.at;
    // Trades go on for a quarter of an hour after the book's last change.
    while_moving(&client, &mut events, |event| {
        let Event::Trades(trades) = event else { return false };
        trades.trades.iter().any(|trade| trade.at.secs_since(changed()) > 900)
    })
    .await;
    // What is further ahead of the last heartbeat than two seconds vouches for nothing.
    until(&mut events, |event| matches!(event, Event::Heartbeat { .. })).await;
    // Heartbeats go on in unbroken sequence, so the connection vouches for the book: a thin book may
    // stand still for that long. That nothing changed in it is told beside it, and is what the
    // policy's `unchanged_book_max_secs` refuses.
    let view = stream.session().book(&product(), Depth::default()).unwrap();
    assert!(view.vouched.secs_since(view.book.at) > 900, "{} {}", view.vouched, view.book.at);
    let shown = client.rest.product_book(Audience::Account, PRODUCT, Some(1)).await.unwrap();
    assert!(shown.pricebook.time.at().secs_since(changed()) > 900, "reading tells");
    stream.close().await;
}

#[tokio::test]
async fn a_refused_subscription_leaves_its_books_unread_and_the_others_as_they_are() {
    let client = Client::in_scenario("subscription-refused").await;
    let listed = client.bench.server.with(|venue| venue.listings());
    let products: BTreeSet<_> =
        listed.iter().filter(|l| l.alias.is_none()).map(|l| l.product.id).take(20).collect();
    assert_eq!(products.len(), 20);
    let mut config = client.stream_config();
    config.spread.products_per_message = 1;
    let shard = Shard { products, channels: BTreeSet::from([Channel::Level2]) };
    let (sink, mut events) = queue(100_000);
    let stream = Stream::open(config, shard, sink);
    for _ in 0..4 {
        until(&mut events, |event| {
            matches!(event, Event::Refused { message } if message.contains("limit reached"))
        })
        .await;
    }
    assert_eq!(stream.session().ready(), 16);
    stream.close().await;
}

/// A user channel after its last page.
async fn followed(client: &Client) -> (Stream, Events) {
    let (stream, mut events) = crate::client::stream(&[Channel::User], client.stream_config());
    until(&mut events, |event| matches!(event, Event::User { .. })).await;
    (stream, events)
}

/// What is told of an order that is placed and cancelled, until that is enough.
async fn told(
    client: &Client,
    events: &mut Events,
    enough: impl Fn(&[UserOrder]) -> bool,
) -> (String, Vec<UserOrder>) {
    let id = client.rest_a_buy("told").await;
    assert!(client.rest.cancel(std::slice::from_ref(&id)).await.unwrap()[0].success);
    let mut orders = Vec::new();
    while !enough(&orders) {
        let event = until(events, |event| matches!(event, Event::User { .. })).await;
        if let Event::User { event, .. } = event {
            orders.extend(event.orders.into_iter().filter(|order| order.order_id == id));
        }
    }
    (id, orders)
}

fn count(orders: &[UserOrder], status: &OrderStatus) -> usize {
    orders.iter().filter(|order| order.status == *status).count()
}

#[tokio::test]
async fn what_is_told_twice_says_the_same_and_adds_nothing() {
    let client = Client::in_scenario("duplicate-events").await;
    let (stream, mut events) = followed(&client).await;
    let twice = |orders: &[UserOrder]| count(orders, &OrderStatus::Cancelled) == 2;
    let (_, orders) = told(&client, &mut events, twice).await;
    assert!(orders.chunks(2).all(|two| two[0] == two[1]), "states, and no amounts to add");
    stream.close().await;
}

#[tokio::test]
async fn the_last_word_of_a_stream_is_not_the_state_which_reading_tells() {
    let client = Client::in_scenario("reordered-events").await;
    let (stream, mut events) = followed(&client).await;
    let both = |orders: &[UserOrder]| {
        count(orders, &OrderStatus::Open) > 0 && count(orders, &OrderStatus::Cancelled) > 0
    };
    let (id, orders) = told(&client, &mut events, both).await;
    assert_eq!(orders.last().unwrap().status, OrderStatus::Open, "{orders:?}");
    assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Cancelled);
    stream.close().await;
}

#[tokio::test]
async fn an_order_told_under_another_product_is_known_by_its_id() {
    let client = Client::in_scenario("alias-answer").await;
    let (stream, mut events) = followed(&client).await;
    let (id, orders) = told(&client, &mut events, |orders| !orders.is_empty()).await;
    assert_eq!((orders[0].product.as_str(), orders[0].order_id.as_str()), ("BTC-USDC", &*id));
    assert_eq!(orders[0].client_order_id, "told");
    stream.close().await;
}

#[tokio::test]
async fn a_user_channel_that_tells_nothing_is_no_word_that_nothing_happened() {
    let client = Client::in_scenario("user-silent").await;
    let (stream, mut events) = followed(&client).await;
    let id = client.rest_a_buy("untold").await;
    assert!(client.rest.cancel(std::slice::from_ref(&id)).await.unwrap()[0].success);
    for _ in 0..3 {
        until(&mut events, |event| matches!(event, Event::Heartbeat { .. })).await;
    }
    while let Some(event) = events.try_next() {
        assert!(!matches!(event, Event::User { .. }), "{event:?}");
    }
    assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Cancelled);
    stream.close().await;
}
