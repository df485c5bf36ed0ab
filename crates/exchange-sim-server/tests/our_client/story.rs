//! The story that outside clients tell too (`tests/python`), told by ours: REST and the user channel
//! say the same; and every kind of order lives its life.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{BaseQty, Price, QuoteAmt, Side};
use exchange_coinbase::rest::{
    Audience, Bracket, CancelFailure, CandleRange, ClientOrderId, Configuration, Edit, FillQuery,
    Granularity, Lane, LimitLife, Market, NewOrder, OrderQuery, PlaceOutcome, Posting,
    ProductQuery, Refusal, Size, StopDirection, StopLimit,
};
use exchange_coinbase::wire::OrderStatus;
use exchange_coinbase::ws::{Channel, Event};
use rust_decimal::Decimal;

use crate::client::{Client, product, until};
use crate::common::{Bench, PRODUCT};

/// The touch, by our client.
async fn touch(client: &Client) -> (Decimal, Decimal) {
    let book = client.rest.product_book(Audience::Account, PRODUCT, Some(1)).await.unwrap();
    (book.pricebook.bids[0].price, book.pricebook.asks[0].price)
}

fn order(id: &str, configuration: Configuration) -> NewOrder {
    NewOrder::new(ClientOrderId::new(id).unwrap(), product(), configuration).unwrap()
}

fn size(text: &str) -> BaseQty {
    BaseQty::parse(text).unwrap()
}

/// A part of a price, on the dollar.
fn part(price: Decimal, percent: i64) -> Price {
    Price::new((price * Decimal::new(percent, 2)).round_dp(0)).unwrap()
}

async fn placed(client: &Client, order: &NewOrder) -> String {
    match client.rest.place(order, Lane::Entry).await {
        PlaceOutcome::Accepted(placed) => placed.order_id,
        other => panic!("{}: {other:?}", order.client_order_id()),
    }
}

async fn rejected(client: &Client, order: &NewOrder) -> Vec<String> {
    match client.rest.place(order, Lane::Entry).await {
        PlaceOutcome::Refused(Refusal::Rejected(why)) => why.reasons,
        other => panic!("{}: {other:?}", order.client_order_id()),
    }
}

async fn state(client: &Client, id: &str) -> OrderStatus {
    client.rest.order(id).await.unwrap().status
}

#[tokio::test]
async fn our_client_reads_what_there_is() {
    let client = Client::at(Bench::new().await);
    let accounts = client.rest.accounts().await.unwrap();
    let dollars = accounts.iter().find(|account| account.currency == "USD").unwrap();
    assert_eq!(dollars.available_balance.value, Decimal::from(10_000));
    assert_eq!(client.rest.account(&dollars.uuid).await.unwrap(), *dollars);
    let products = client.rest.products(Audience::Account, &ProductQuery::default()).await.unwrap();
    assert!(products.iter().any(|listed| listed.product_id == PRODUCT) && products.len() > 50);
    let now = client.rest.server_time().await.unwrap().at;
    assert_eq!(now, client.bench.server.now());
    let range = CandleRange {
        from: now.plus_secs(-500 * 300),
        to: now,
        granularity: Granularity::FiveMinutes,
    };
    let candles = client.rest.candles(Audience::Public, PRODUCT, range).await.unwrap();
    assert!(candles.len() > 400 && candles.is_sorted_by_key(|candle| candle.start));
    let best = client.rest.best_bid_ask(&[PRODUCT]).await.unwrap();
    assert!(best.pricebooks[0].bids[0].price < best.pricebooks[0].asks[0].price);
    let may = client.rest.key_permissions().await.unwrap();
    assert!(may.can_view && may.can_trade && !may.can_transfer);
    let fees = client.rest.transaction_summary(None).await.unwrap().fee_tier;
    assert_eq!(fees.taker_fee_rate, Decimal::new(12, 3));
}

#[tokio::test]
async fn our_client_trades_and_the_user_channel_tells_the_same() {
    let client = Client::at(Bench::new().await);
    let (stream, mut events) = crate::client::stream(&[Channel::User], client.stream_config());
    until(&mut events, |event| matches!(event, Event::User { .. })).await;
    let (bid, _) = touch(&client).await;
    let low = part(bid, 80);
    let until_cancelled = LimitLife::UntilCancelled(Posting::PostOnly);
    let base = Size::Base(size("0.002"));
    let posted = order("post", Configuration::limit(Side::Buy, base, low, until_cancelled));
    let preview = client.rest.preview(&posted).await.unwrap();
    assert!(
        preview.errs.is_empty() && preview.order_total.unwrap() > low.get() * Decimal::new(2, 3)
    );

    let resting = placed(&client, &posted).await;
    assert_eq!(placed(&client, &posted).await, resting, "the same id is the same order");
    let crossing = Configuration::limit(Side::Buy, base, part(bid, 105), until_cancelled);
    assert_eq!(
        rejected(&client, &order("cross", crossing)).await[0],
        "INVALID_LIMIT_PRICE_POST_ONLY"
    );
    let hundred = QuoteAmt::new(Decimal::from(100)).unwrap();
    let bought =
        placed(&client, &order("buy", Configuration::market(Market::BuyFor(hundred)))).await;
    let sold =
        placed(&client, &order("sell", Configuration::market(Market::Sell(size("0.001"))))).await;
    for id in [&bought, &sold] {
        assert_eq!(state(&client, id).await, OrderStatus::Filled);
    }
    let open = OrderQuery { status: Some(OrderStatus::Open), ..OrderQuery::default() };
    let open: Vec<_> = client.rest.orders(&open).await.unwrap();
    assert_eq!(open.iter().map(|order| order.order_id.as_str()).collect::<Vec<_>>(), [&*resting]);
    let fills = FillQuery { order_ids: vec![bought.clone()], ..FillQuery::default() };
    let fills = client.rest.fills(&fills).await.unwrap();
    assert!(fills.iter().all(|fill| fill.size_in_quote));
    let spent: Decimal = fills.iter().map(|fill| fill.size + fill.commission).sum();
    assert!((spent - Decimal::from(100)).abs() < Decimal::new(1, 4), "{spent}");
    let edit = Edit {
        order_id: resting.clone(),
        price: part(bid, 81),
        size: size("0.002"),
        stop_price: None,
    };
    assert!(client.rest.edit(&edit, Lane::Entry).await.unwrap().success);
    let ids = [resting.clone(), "no-such-order".to_owned()];
    let cancels = client.rest.cancel(&ids).await.unwrap();
    assert_eq!(cancels.iter().map(|c| c.success).collect::<Vec<_>>(), [true, false]);
    assert_eq!(cancels[1].failure_reason, CancelFailure::UnknownCancelOrder);

    let expected = BTreeMap::from([
        (resting, OrderStatus::Cancelled),
        (bought, OrderStatus::Filled),
        (sold, OrderStatus::Filled),
    ]);
    let mut told = BTreeMap::new();
    while told != expected {
        let event = until(&mut events, |event| matches!(event, Event::User { .. })).await;
        let Event::User { event, .. } = event else { unreachable!() };
        told.extend(event.orders.into_iter().map(|order| (order.order_id, order.status)));
    }
    let read = client.rest.orders(&OrderQuery::default()).await.unwrap();
    let read: BTreeMap<_, _> = read.into_iter().map(|o| (o.order_id, o.status)).collect();
    assert_eq!(read, expected);
    stream.close().await;
}

#[tokio::test]
async fn orders_that_wait_end_as_their_kind_says() {
    let client = Client::at(Bench::new().await);
    let (bid, ask) = touch(&client).await;
    let now = client.bench.server.now();
    let base = Size::Base(size("0.001"));

    let soon = LimitLife::Until(now.plus_secs(120), Posting::PostOnly);
    let brief = Configuration::limit(Side::Buy, base, part(bid, 80), soon);
    let brief = placed(&client, &order("gtd", brief)).await;
    let past = LimitLife::Until(now.plus_secs(-1), Posting::MayTake);
    let past = Configuration::limit(Side::Buy, base, part(bid, 80), past);
    assert!(rejected(&client, &order("past", past)).await[0].contains("END_TIME_IS_IN_THE_PAST"));

    let all = Configuration::limit(Side::Buy, base, part(ask, 101), LimitLife::FillOrKill);
    let all = placed(&client, &order("fok", all)).await;
    assert_eq!(state(&client, &all).await, OrderStatus::Filled);
    let none = Configuration::limit(Side::Buy, base, part(bid, 90), LimitLife::FillOrKill);
    let none = placed(&client, &order("killed", none)).await;
    let killed = client.rest.order(&none).await.unwrap();
    assert_eq!((killed.status, killed.number_of_fills), (OrderStatus::Cancelled, 0));
    let ioc = Configuration::limit(Side::Buy, base, part(bid, 90), LimitLife::ImmediateOrCancel);
    let ioc = placed(&client, &order("ioc", ioc)).await;
    assert_eq!(state(&client, &ioc).await, OrderStatus::Cancelled);

    let stop = |percent: i64| {
        Configuration::StopLimit(StopLimit {
            side: Side::Sell,
            size: size("0.001"),
            limit: part(bid, percent - 5),
            stop: part(bid, percent),
            direction: StopDirection::Down,
            until: None,
        })
    };
    let waiting = placed(&client, &order("stop", stop(50))).await;
    let above = rejected(&client, &order("above", stop(150))).await;
    assert!(above.iter().any(|r| r == "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE"), "{above:?}");
    let bracket = Configuration::Bracket(Bracket {
        size: size("0.001"),
        take_profit: part(ask, 150),
        stop_trigger: part(bid, 50),
        until: None,
    });
    let bracket = placed(&client, &order("bracket", bracket)).await;

    client.advance(Duration::from_mins(3));
    assert_eq!(state(&client, &brief).await, OrderStatus::Expired);
    for id in [&waiting, &bracket] {
        assert_eq!(state(&client, id).await, OrderStatus::Open);
    }
    let held = client.rest.accounts().await.unwrap();
    let coin = held.iter().find(|account| account.currency == "BTC").unwrap();
    assert_eq!(coin.hold.value, Decimal::new(2, 3), "what waits to be sold is held");
}
