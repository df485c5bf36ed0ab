//! What is signed: tokens that verify, say the right thing, and are never the same twice.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use exchange_coinbase::auth::{Authorization, ToSign};
use exchange_coinbase::{Address, Credentials, Hosts, Life, SignError, Token};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use crate::keys::{NAME, key};

const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

/// The claims of a token as its text has them.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn verified(token: &Token, algorithm: Algorithm) -> Value {
    let public = if algorithm == Algorithm::ES256 {
        DecodingKey::from_ec_pem(key("p256_public.pem").as_bytes()).unwrap()
    } else {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(key("ed25519_base64.txt").trim())
            .unwrap();
        DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(&bytes[32..])).unwrap()
    };
    let mut rules = Validation::new(algorithm);
    // Both are compared with the machine's clock; the test has its own.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let token = jsonwebtoken::decode::<Value>(token.expose(), &public, &rules).unwrap();
    assert_eq!(token.header.kid.as_deref(), Some(token.claims["sub"].as_str().unwrap()));
    token.claims
}

#[test]
fn tokens_of_both_kinds_verify_and_say_what_they_are_for() {
    let es = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    let ed = Credentials::from_text("an-id", &key("ed25519_base64.txt")).unwrap();
    for (credentials, algorithm) in [(&es, Algorithm::ES256), (&ed, Algorithm::EdDSA)] {
        for (life, secs) in [(Life::Order, 10), (Life::Standard, 120)] {
            let path = "/api/v3/brokerage/orders";
            let token =
                credentials.jwt_for_rest("POST", "api.coinbase.com", path, NOW, life).unwrap();
            let said = verified(&token, algorithm);
            assert_eq!(said["uri"], "POST api.coinbase.com/api/v3/brokerage/orders");
            assert_eq!(
                (said["iss"].as_str(), said["nbf"].as_i64()),
                (Some("cdp"), Some(NOW.secs()))
            );
            assert_eq!(said["exp"].as_i64(), Some(NOW.secs() + secs));
        }
        let said = verified(&credentials.jwt_for_ws(NOW).unwrap(), algorithm);
        assert_eq!((said.get("uri"), said["exp"].as_i64()), (None, Some(NOW.secs() + 120)));
    }
}

#[test]
fn no_token_comes_twice() {
    let es = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    let tokens: BTreeSet<String> =
        (0..100).map(|_| es.jwt_for_ws(NOW).unwrap().expose().to_owned()).collect();
    let nonces: BTreeSet<String> = tokens
        .iter()
        .map(|token| {
            let head = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
            let head: Value = serde_json::from_slice(&head).unwrap();
            let nonce = head["nonce"].as_str().unwrap().to_owned();
            assert!(nonce.len() == 64 && nonce.bytes().all(|b| b.is_ascii_hexdigit()));
            nonce
        })
        .collect();
    assert_eq!((tokens.len(), nonces.len()), (100, 100));
}

/// The expected value is from Python's `hmac` and `hashlib` (see `check_signatures.py`).
#[test]
fn a_legacy_key_signs_time_method_path_and_body() {
    let legacy =
        Credentials::legacy("AbCdEfGh12345678", "aBcDeFgHiJkLmNoPqRsTuVwXyZ123456").unwrap();
    let request = ToSign {
        method: "POST",
        host: "localhost",
        path: "/api/v3/brokerage/orders",
        body: br#"{"a":"b"}"#,
    };
    match legacy.authorize(request, NOW, Life::Order).unwrap() {
        Authorization::Legacy { key, timestamp, signature } => {
            assert_eq!((key.expose(), timestamp), ("AbCdEfGh12345678", 1_772_366_400));
            assert_eq!(
                signature.expose(),
                "8aa076ac85ba78e7243bf39a4db269b4b8b40828e4354d001da258e50c871990"
            );
        }
        Authorization::Bearer(_) => panic!("a legacy key makes no token"),
    }
    let ws = legacy.legacy_for_ws("user", &["BTC-USD", "ETH-USD"], NOW).unwrap().unwrap();
    assert_eq!(ws.expose(), "5bcff5c6a256ae4ead4c2ec6051f88ad11d87a296b6c5f8569e4afc8d3af7056");
    assert!(matches!(legacy.jwt_for_ws(NOW), Err(SignError::LegacyKey)));
}

#[test]
fn only_the_venue_and_this_machine_are_addresses() {
    let good = [
        "https://api.coinbase.com",
        "https://api.coinbase.com/",
        "https://api.coinbase.com:443",
        "https://api-sandbox.coinbase.com",
        "http://127.0.0.1:8080",
        "https://127.0.0.1:18443",
        "http://localhost:1",
        "http://[::1]:8080",
        "http://127.9.9.9",
    ];
    for text in good {
        assert!(Address::rest(text).is_ok(), "{text}");
    }
    let bad = [
        "",
        "api.coinbase.com",
        "http://api.coinbase.com",
        "https://api.coinbase.com:8443",
        "https://api.coinbase.com.evil.example",
        "https://evil.example",
        "https://API.COINBASE.COM",
        "https://api.coinbase.com.",
        "https://api.coinbase.com@evil.example",
        "https://x@api.coinbase.com",
        "https://api.coinbase.com/path",
        "https://api.coinbase.com?x",
        "https://api.coinbase.com#x",
        "wss://api.coinbase.com",
        "ftp://127.0.0.1",
        "http://10.0.0.1",
        "http://169.254.169.254",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]",
        "http://[::]",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.1",
        "http://127.0.0.1.nip.io",
        "http://localhost.evil.example",
        "http://127.0.0.1:0",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:",
        "http://127.0.0.1:8a",
        "http://[::1",
        "http://",
        "https://advanced-trade-ws.coinbase.com",
        "file:///etc/passwd",
        "http://127.0.0.1\\@evil.example",
        "http://127.0.0.1:80:80",
        "https://аpi.coinbase.com",
    ];
    for text in bad {
        assert!(Address::rest(text).is_err(), "{text}");
    }
    assert!(Address::market_data("wss://advanced-trade-ws-user.coinbase.com").is_err());
    assert!(Address::user_data("wss://advanced-trade-ws.coinbase.com").is_ok());
    assert!(Address::market_data("ws://advanced-trade-ws.coinbase.com").is_err());
    let hosts = Hosts::at("http://127.0.0.1:18080", "ws://127.0.0.1:18080").unwrap();
    assert_eq!(hosts.user_data.to_string(), "ws://127.0.0.1:18080");
    assert_eq!(hosts.rest.authority(), "127.0.0.1:18080");
    assert!(!hosts.rest.is_production() && Hosts::production().rest.is_production());
    assert_eq!(Hosts::production().rest.authority(), "api.coinbase.com");
}
