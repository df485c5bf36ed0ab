//! Reads over a real socket: pages, limits on size, ids in paths, candles.

use domain::Timestamp;
use exchange_coinbase::rest::{
    Audience, CandleRange, ErrorKind, Granularity, OrderQuery, RestClient,
};
use exchange_coinbase::wire::OrderStatus;

use crate::placing::client;
use crate::server::{Act, Server, run, send};

fn account(uuid: &str) -> String {
    format!(
        r#"{{"uuid":"{uuid}","currency":"BTC","active":true,"available_balance":{{"value":"1","currency":"BTC"}},"hold":{{"value":"0","currency":"BTC"}}}}"#
    )
}

fn page(uuids: &[&str], has_next: bool, cursor: &str) -> String {
    let accounts = uuids.iter().map(|uuid| account(uuid)).collect::<Vec<_>>().join(",");
    format!(r#"{{"accounts":[{accounts}],"has_next":{has_next},"cursor":"{cursor}"}}"#)
}

async fn accounts(pages: Vec<(u16, String)>) -> (Result<Vec<String>, ErrorKind>, Vec<String>) {
    let server = Server::start(move |number, _| match pages.get(number) {
        Some((status, body)) => send(*status, "", body),
        None => send(418, "", ""),
    })
    .await;
    let read = client(server.address()).accounts().await;
    let uuids = read.map(|all| all.into_iter().map(|account| account.uuid).collect());
    (uuids.map_err(|error| error.kind()), server.seen())
}

/// What it is, the pages with their statuses, and what must come of them.
type Paged<'a> = (&'a str, Vec<(u16, String)>, Result<&'a [&'a str], ErrorKind>);

#[test]
fn cursors_are_followed_to_the_end_or_the_list_is_an_error() {
    let good = |body: String| (200, body);
    let cases: Vec<Paged> = vec![
        ("one page", vec![good(page(&["a"], false, ""))], Ok(&["a"])),
        ("an end with a cursor", vec![good(page(&["a"], false, "x"))], Ok(&["a"])),
        (
            "two pages",
            vec![good(page(&["a", "b"], true, "b c/=")), good(page(&["c"], false, ""))],
            Ok(&["a", "b", "c"]),
        ),
        (
            "an empty page at the end",
            vec![good(page(&["a"], true, "a")), good(page(&[], true, "z"))],
            Ok(&["a"]),
        ),
        (
            "an item twice",
            vec![good(page(&["a", "b"], true, "b")), good(page(&["b", "c"], false, ""))],
            Ok(&["a", "b", "c"]),
        ),
        (
            "a cursor twice",
            vec![good(page(&["a"], true, "x")), good(page(&["b"], true, "x"))],
            Err(ErrorKind::Paging),
        ),
        (
            "a circle",
            vec![
                good(page(&["a"], true, "x")),
                good(page(&["b"], true, "y")),
                good(page(&["a"], true, "x")),
            ],
            Err(ErrorKind::Paging),
        ),
        ("no cursor", vec![good(page(&["a"], true, ""))], Err(ErrorKind::Paging)),
        (
            "a second page that is cut",
            vec![good(page(&["a"], true, "x")), good(page(&["b"], false, "")[..40].to_owned())],
            Err(ErrorKind::Unreadable),
        ),
        (
            "a second page that is forbidden",
            vec![good(page(&["a"], true, "x")), (403, String::new())],
            Err(ErrorKind::Forbidden),
        ),
        (
            "a second page without its list",
            vec![good(page(&["a"], true, "x")), good("{\"has_next\":false}".to_owned())],
            Err(ErrorKind::Unreadable),
        ),
    ];
    run(async {
        for (what, pages, expected) in cases {
            let (read, seen) = accounts(pages).await;
            let expected = expected.map(|uuids| uuids.iter().map(|u| (*u).to_owned()).collect());
            assert_eq!(read, expected, "{what}");
            if what == "two pages" {
                assert!(seen[0].starts_with("GET /api/v3/brokerage/accounts?limit=250 HTTP"));
                assert!(seen[1].contains("limit=250&cursor=b%20c%2F%3D HTTP"), "{}", seen[1]);
            }
        }
    });
}

#[test]
fn a_reply_beyond_its_limit_is_an_error_before_it_is_all_here() {
    run(async {
        let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n".to_vec();
        let endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x1_0000], b"\r\n".to_vec()].concat();
        let flood = [endless, chunk.repeat(16)].concat();
        for bytes in [announced, flood] {
            let server = Server::start(move |_, _| Act::Send(bytes.clone())).await;
            let error = client(server.address()).server_time().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
            assert_eq!(server.seen().len(), 1, "it would be as large again");
        }
    });
}

#[test]
fn ids_cannot_leave_their_place_in_a_path() {
    run(async {
        let server = Server::start(|_, _| send(200, "", "{}")).await;
        let client = client(server.address());
        for id in
            ["", ".", "..", "../x", "a/b", "a?b", "a#b", "a%2fb", "a b", "é", &"x".repeat(129)]
        {
            assert_eq!(client.order(id).await.unwrap_err().kind(), ErrorKind::Input, "{id:?}");
            let product = client.product(Audience::Public, id).await;
            assert_eq!(product.unwrap_err().kind(), ErrorKind::Input, "{id:?}");
        }
        assert!(server.seen().is_empty());
    });
}

#[test]
fn a_query_says_what_it_means() {
    run(async {
        let server = Server::start(|_, _| send(200, "", r#"{"orders":[],"has_next":false}"#)).await;
        let query = OrderQuery {
            product_ids: vec!["BTC-USD".to_owned(), "ETH-USD".to_owned()],
            status: Some(OrderStatus::Open),
            from: Some(Timestamp::from_secs(1_772_366_400)),
            ..OrderQuery::default()
        };
        client(server.address()).orders(&query).await.unwrap();
        let expected = "GET /api/v3/brokerage/orders/historical/batch?product_ids=BTC-USD&product_ids=ETH-USD&order_status=OPEN&start_date=2026-03-01T12%3A00%3A00Z&limit=250 HTTP/1.1";
        assert_eq!(server.seen()[0].lines().next(), Some(expected));
    });
}

#[test]
fn candles_come_forward_in_time_and_all_of_them() {
    run(async {
        // Answers with every minute asked for, newest first, and one outside at each end.
        let server = Server::start(|_, request| {
            let bound = |key: &str| -> i64 {
                let rest = request.split_once(key).unwrap().1;
                rest.split(['&', ' ']).next().unwrap().parse().unwrap()
            };
            let (from, to) = (bound("start=") - 60, bound("end=") + 60);
            let candles = (0..=(to - from) / 60).rev().map(|n| {
                let start = from + n * 60;
                format!(r#"{{"start":"{start}","low":"1","high":"2","open":"1","close":"2","volume":"3"}}"#)
            });
            let body = format!(r#"{{"candles":[{}]}}"#, candles.collect::<Vec<_>>().join(","));
            send(200, "", &body)
        })
        .await;
        let client = RestClient::builder(server.address()).build().unwrap();
        let from = Timestamp::from_secs(1_772_366_390);
        let range =
            CandleRange { from, to: from.plus_secs(700 * 60), granularity: Granularity::OneMinute };
        let candles = client.candles(Audience::Public, "BTC-USD", range).await.unwrap();
        assert_eq!((candles.len(), server.seen().len()), (700, 3));
        assert_eq!(candles[0].start.secs(), 1_772_366_400);
        assert!(candles.windows(2).all(|pair| pair[1].start.secs() - pair[0].start.secs() == 60));
        let empty = CandleRange { from, to: from.plus_secs(-1), granularity: Granularity::OneDay };
        assert_eq!(client.candles(Audience::Public, "BTC-USD", empty).await.unwrap(), Vec::new());
    });
}
