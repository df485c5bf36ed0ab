//! Reads: a whole value or an error, repeated where that helps and no further.

use exchange::{Account as _, PortError};
use exchange_coinbase::rest::{Audience, ErrorKind, OrderQuery, Patience, ProductQuery, RestError};

use crate::client::Client;

/// What reading the accounts comes to.
async fn accounts(scenario: &str, before: usize) -> Result<usize, RestError> {
    let client = Client::in_scenario(scenario).await;
    for _ in 0..before {
        client.rest.accounts().await.unwrap();
    }
    client.rest.accounts().await.map(|all| all.len())
}

#[tokio::test]
async fn a_reply_that_is_not_what_is_due_is_an_error_and_no_short_list() {
    let cases = [
        ("truncated-json", 1, ErrorKind::Unreadable),
        ("missing-field", 0, ErrorKind::Unreadable),
        ("mistyped-field", 0, ErrorKind::Unreadable),
        ("partial-page", 0, ErrorKind::Paging),
    ];
    for (scenario, before, kind) in cases {
        let error = accounts(scenario, before).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{scenario}: {error}");
    }
    let client = Client::in_scenario("endless-page").await;
    client.rest_a_buy("a").await;
    client.rest_a_buy("b").await;
    let error = client.rest.orders(&OrderQuery::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert_eq!(client.asked("GET", "/orders/historical/batch"), 2);
    let client = Client::in_scenario("huge-reply").await;
    let error = client.rest.products(Audience::Public, &ProductQuery::default()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(client.asked("GET", "/market/products"), 1, "it would be as large again");
}

#[tokio::test]
async fn accounts_that_are_not_listed_count_as_no_money() {
    for (scenario, listed) in [("short-accounts", 1), ("no-accounts", 0)] {
        let client = Client::in_scenario(scenario).await;
        assert_eq!(client.rest.accounts().await.unwrap().len(), listed, "{scenario}");
        let purses = client.ports().await.unwrap().purses().await.unwrap();
        let has: Vec<_> = purses.iter().filter(|purse| !purse.available.is_zero()).collect();
        assert!(has.len() <= listed, "{scenario}: {has:?}");
        let cash = purses.iter().filter(|p| ["USD", "USDC"].contains(&p.asset.as_str())).count();
        assert_eq!(cash, 2, "{scenario}: cash is there, as nothing");
    }
}

#[tokio::test]
async fn a_read_outlasts_a_few_server_errors_and_a_longer_outage_is_an_error() {
    let client = Client::in_scenario("server-errors").await;
    client.rest.accounts().await.unwrap();
    client.rest.accounts().await.unwrap();
    assert_eq!(client.asked("GET", "/accounts"), 5, "the second was asked four times");
    let client = Client::in_scenario("outage").await;
    let error = client.rest.server_time().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(client.asked("GET", "/time"), attempts());
    let ports = client.ports().await.unwrap_err();
    assert!(matches!(ports, PortError::Unreachable(_)), "{ports}");
}

fn attempts() -> usize {
    usize::try_from(Patience::default().attempts).unwrap()
}

#[tokio::test]
async fn over_the_limit_it_waits_as_long_as_it_is_told_and_gives_up_in_time() {
    let client = Client::in_scenario("rate-limit-burst").await;
    let began = tokio::time::Instant::now();
    for _ in 0..2 {
        client.rest.accounts().await.unwrap();
    }
    let error = client.rest.accounts().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(client.asked("GET", "/accounts"), 2 + attempts());
    client.rest.accounts().await.unwrap();
    // Three repetitions and the next read, each a second after a refusal.
    assert!(began.elapsed() >= std::time::Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_valid_token_that_is_refused_is_followed_by_one_fresh_one_and_no_more() {
    let client = Client::in_scenario("unauthorized-burst").await;
    let (mut well, mut asked) = (0, 0);
    for _ in 0..20 {
        let read = client.rest.accounts().await;
        let now = client.asked("GET", "/accounts");
        let repeated = now - asked;
        asked = now;
        match read {
            Ok(_) => well += 1,
            Err(error) => {
                assert_eq!((error.kind(), repeated), (ErrorKind::Unauthorized, 2));
            }
        }
        assert!(repeated <= 2, "{repeated}");
    }
    assert!(well > 10 && asked > 20, "{well} of 20 in {asked}");
}

#[tokio::test]
async fn a_clock_that_differs_is_a_refused_key_until_the_venues_time_is_asked_for() {
    let client = Client::in_scenario("clock-skew").await;
    let error = client.rest.accounts().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    // The ports ask for it when they open, and sign with it from then on.
    let ports = client.ports().await.unwrap();
    assert!(!ports.purses().await.unwrap().is_empty());
}

#[tokio::test]
async fn fees_that_rise_are_seen_at_the_next_look() {
    let client = Client::in_scenario("fees-rise").await;
    let ports = client.ports().await.unwrap();
    let before = ports.fees().await.unwrap();
    client.advance(std::time::Duration::from_secs(61));
    let after = ports.fees().await.unwrap();
    let bps = |fees: domain::Fees| (fees.maker_bps.to_string(), fees.taker_bps.to_string());
    assert_ne!(bps(before), bps(after));
    assert_eq!(bps(after), ("240".to_owned(), "480".to_owned()));
}
