//! Who may ask what: tokens, legacy signatures, permissions, budgets, TLS.
#![allow(clippy::unwrap_used, reason = "a helper's panic is a test's failure")]

mod common;

use common::{Bench, EDWARDS, LEGACY, OWNER, TRADER, VIEWER, api, claims, config, read, token};
use exchange_sim_server::{AuthFault, Budgets, Config};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

type Expected = fn(&AuthFault) -> bool;

const ACCOUNTS: &str = "/api/v3/brokerage/accounts";

async fn with_token(bench: &Bench, token: &str) -> (u16, Value) {
    let url = format!("http://{}{ACCOUNTS}", bench.host());
    read(bench.http.get(url).bearer_auth(token).send().await.unwrap()).await
}

#[tokio::test]
async fn a_token_in_order_is_taken_in_every_form_that_clients_send() {
    let bench = Bench::new().await;
    let uri = format!("GET {}{ACCOUNTS}", bench.host());
    let with_scheme = format!("GET http://{}{ACCOUNTS}", bench.host());
    let forms = [
        json!({ "uri": uri }),
        json!({ "uri": with_scheme }),
        json!({ "uris": [uri] }),
        json!({ "uris": [with_scheme], "iss": "coinbase-cloud", "aud": ["cdp_service"], "iat": 1 }),
    ];
    for key in [TRADER, EDWARDS] {
        for form in &forms {
            let signed = token(bench.key(key), &claims(&bench.server, form));
            let (status, body) = with_token(&bench, &signed).await;
            assert_eq!(status, 200, "{form}: {body}");
        }
    }
}

#[tokio::test]
async fn any_other_token_ends_in_401_with_a_plain_text() {
    let bench = Bench::new().await;
    let now = bench.server.now().secs();
    let uri = format!("GET {}{ACCOUNTS}", bench.host());
    let key = bench.key(TRADER);
    let good = claims(&bench.server, &json!({ "uri": uri }));
    let signed = |more: Value| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        token(key, &claims)
    };
    let mut stranger = key.clone();
    stranger.name = "organizations/x/apiKeys/y".to_owned();
    let mut forger = bench.key(VIEWER).clone();
    forger.name = key.name.clone();
    let cases: Vec<(&str, String, Expected)> = vec![
        ("expired", signed(json!({"nbf": now - 200, "exp": now - 80})), |f| {
            matches!(f, AuthFault::Expired(_))
        }),
        ("too long ago", signed(json!({"nbf": now - 200, "exp": now + 80})), |f| {
            matches!(f, AuthFault::Expired(_))
        }),
        ("early", signed(json!({"nbf": now + 60, "exp": now + 180})), |f| {
            matches!(f, AuthFault::Early(_))
        }),
        ("another path", signed(json!({"uri": uri.replace("accounts", "orders")})), |f| {
            matches!(f, AuthFault::OtherRequest { .. })
        }),
        ("another method", signed(json!({"uri": uri.replace("GET", "POST")})), |f| {
            matches!(f, AuthFault::OtherRequest { .. })
        }),
        ("another host", signed(json!({"uri": format!("GET api.coinbase.com{ACCOUNTS}")})), |f| {
            matches!(f, AuthFault::OtherRequest { .. })
        }),
        ("no request", token(key, &claims(&bench.server, &json!({}))), |f| {
            matches!(f, AuthFault::OtherRequest { .. })
        }),
        ("another subject", signed(json!({"sub": "somebody"})), |f| {
            matches!(f, AuthFault::Subject(_))
        }),
        ("unknown key", token(&stranger, &good), |f| matches!(f, AuthFault::UnknownKey(_))),
        ("another key's signature", token(&forger, &good), |f| {
            matches!(f, AuthFault::Signature(_))
        }),
        ("no token", "nonsense".to_owned(), |f| matches!(f, AuthFault::Malformed(_))),
    ];
    for (name, signed, expected) in cases {
        let (status, body) = with_token(&bench, &signed).await;
        assert_eq!((status, body), (401, json!("Unauthorized")), "{name}");
        let fault = bench.server.last_refusal().unwrap();
        assert!(expected(&fault), "{name}: {fault}");
    }
    assert_eq!(bench.send("GET", "/accounts", None, None).await.0, 401);
    assert_eq!(bench.server.last_refusal(), Some(AuthFault::Missing));
}

#[tokio::test]
async fn a_legacy_signature_is_taken_with_its_own_rules_for_each_api() {
    let bench = Bench::new().await;
    let key = bench.key(LEGACY);
    let sign = |message: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.secret.as_bytes()).unwrap();
        mac.update(message.as_bytes());
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap();
        let code = mac.finalize().into_bytes();
        code.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>()
    };
    let now = bench.server.now().secs();
    let cases = [
        (now, "/api/v3/brokerage/accounts?limit=2", "/api/v3/brokerage/accounts", 200),
        (now, "/v2/accounts?limit=250", "/v2/accounts?limit=250", 200),
        (now, "/v2/accounts?limit=250", "/v2/accounts", 401),
        (now - 60, "/api/v3/brokerage/accounts", "/api/v3/brokerage/accounts", 401),
    ];
    for (at, path, signed, expected) in cases {
        let request = bench
            .http
            .get(format!("http://{}{path}", bench.host()))
            .header("CB-ACCESS-KEY", &key.name)
            .header("CB-ACCESS-TIMESTAMP", at.to_string())
            .header("CB-ACCESS-SIGN", sign(&format!("{at}GET{signed}")));
        assert_eq!(read(request.send().await.unwrap()).await.0, expected, "{path} as {signed}");
    }
}

#[tokio::test]
async fn a_key_does_what_it_may_and_no_more() {
    let bench = Bench::new().await;
    let order = bench.resting_buy("scopes").await;
    let (status, body) = bench.send("POST", "/orders", Some(VIEWER), Some(order.clone())).await;
    assert_eq!((status, &body["error_details"]), (403, &json!("Missing required scopes")));
    let funds = json!({ "funds": { "value": "1", "currency": "USD" } });
    for (key, expected) in [(TRADER, 403), (OWNER, 404)] {
        let path = "/portfolios/move_funds";
        assert_eq!(bench.send("POST", path, Some(key), Some(funds.clone())).await.0, expected);
    }
    let may = bench.get("/key_permissions").await;
    assert_eq!(
        (&may["can_view"], &may["can_trade"], &may["can_transfer"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert!(
        !bench.server.requests().iter().any(|seen| seen.method == "POST" && seen.status == 200)
    );
}

#[tokio::test]
async fn budgets_are_kept_by_key_and_by_address_and_told_in_headers() {
    let budgets = Budgets { private_per_sec: 3, public_per_sec: 2, ..Budgets::COINBASE };
    let bench = Bench::with(Config { budgets: Some(budgets), ..config() }).await;
    for (key, limit) in [(Some(TRADER), 3), (None, 2)] {
        let path = if key.is_some() { "/accounts" } else { "/time" };
        for at in 0..limit {
            let reply = bench.request("GET", path, key).send().await.unwrap();
            assert_eq!(reply.status(), 200);
            assert_eq!(reply.headers()["x-ratelimit-remaining"], (limit - at - 1).to_string());
        }
        let reply = bench.request("GET", path, key).send().await.unwrap();
        assert_eq!(reply.headers()["x-ratelimit-limit"], limit.to_string());
        assert_eq!(reply.headers()["retry-after"], "1");
        let (status, body) = read(reply).await;
        assert_eq!((status, &body["errors"][0]["id"]), (429, &json!("rate_limit_exceeded")));
    }
    assert_eq!(bench.send("GET", "/accounts", Some(EDWARDS), None).await.0, 200, "another key");
    bench.server.advance(std::time::Duration::from_secs(1));
    assert_eq!(bench.send("GET", "/accounts", Some(TRADER), None).await.0, 200, "a second later");
}

#[tokio::test]
async fn over_tls_only_a_client_that_trusts_the_named_certificate_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { tls_port: Some(0), dir: Some(dir.path().to_owned()), ..config() };
    let bench = Bench::with(config).await;
    let file = bench.server.authority_file().unwrap();
    let pem = std::fs::read(file).unwrap();
    let trusting = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
        .no_proxy()
        .build()
        .unwrap();
    let port = bench.server.tls().unwrap().port();
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{port}{}", api("/time"));
        assert_eq!(trusting.get(&url).send().await.unwrap().status(), 200, "{host}");
        assert!(bench.http.get(&url).send().await.is_err(), "{host} without trust");
    }
    let key: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("main-key-0.json")).unwrap())
            .unwrap();
    assert_eq!(key["name"], bench.key(TRADER).name);
    assert!(key["privateKey"].as_str().unwrap().starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
}
