//! Signs requests with throw-away keys and reads an embedded reply, without network. Prints one
//! JSON document, which `tests/python/check_signatures.py` verifies with libraries of others.

use domain::Timestamp;
use exchange_coinbase::auth::{Authorization, ToSign};
use exchange_coinbase::rest::candles_from_json;
use exchange_coinbase::{Credentials, Hosts, Life};
use serde_json::{Value, json};

/// Two candles, newest first, as the venue sends them.
const CANDLES: &str = r#"{"candles":[
    {"start":"1772366460","low":"64980.5","high":"65010","open":"65000","close":"64990.25","volume":"1.5"},
    {"start":"1772366400","low":"64950","high":"65000","open":"64960","close":"65000","volume":"2.25"}]}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = Timestamp::from_secs(1_772_366_400);
    let host = Hosts::production().rest.authority();
    let path = "/api/v3/brokerage/orders";
    let body = r#"{"client_order_id":"c-1"}"#;
    let request = ToSign { method: "POST", host: &host, path, body: body.as_bytes() };

    let es = Credentials::from_text("a-key", include_str!("../tests/keys/p256_sec1.pem"))?;
    let ed = Credentials::from_text("a-key", include_str!("../tests/keys/ed25519_base64.txt"))?;
    let legacy_secret = "aBcDeFgHiJkLmNoPqRsTuVwXyZ123456";
    let legacy = Credentials::legacy("AbCdEfGh12345678", legacy_secret)?;

    let signed = |key: &Credentials| -> Result<Value, exchange_coinbase::SignError> {
        Ok(match key.authorize(request, now, Life::Order)? {
            Authorization::Bearer(token) => json!({ "jwt": token.expose() }),
            Authorization::Legacy { key, timestamp, signature } => json!({
                "key": key.expose(), "timestamp": timestamp, "signature": signature.expose(),
            }),
        })
    };
    let candles = candles_from_json(CANDLES.as_bytes())?;
    let document = json!({
        "now": now.secs(),
        "uri": format!("POST {host}{path}"),
        "es256": { "public": include_str!("../tests/keys/p256_public.pem"), "rest": signed(&es)?,
            "ws": es.jwt_for_ws(now)?.expose() },
        "ed25519": { "private": include_str!("../tests/keys/ed25519_pkcs8.pem"), "rest": signed(&ed)?,
            "ws": ed.jwt_for_ws(now)?.expose() },
        "hmac": { "secret": legacy_secret, "message": format!("POST{path}{body}"), "rest": signed(&legacy)? },
        "closes": candles.iter().map(|candle| candle.close.to_string()).collect::<Vec<_>>(),
    });
    #[expect(clippy::print_stdout, reason = "what the example is for")]
    {
        println!("{document}");
    }
    Ok(())
}
