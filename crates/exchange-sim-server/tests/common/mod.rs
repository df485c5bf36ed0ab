//! A served venue at a fixed moment, and a client that signs.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper's panic is a test's failure"
)]

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exchange_sim::Seeded;
use exchange_sim_server::{
    AccountSpec, Config, IssuedKey, KeyKind, Pace, Permissions, Scenario, Server, scenario,
};
use futures_util::{SinkExt as _, StreamExt as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::EncodePrivateKey as _;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Keys of the first account, by place.
pub(crate) const TRADER: usize = 0;
pub(crate) const EDWARDS: usize = 1;
pub(crate) const VIEWER: usize = 2;
pub(crate) const OWNER: usize = 3;
pub(crate) const LEGACY: usize = 4;

pub(crate) const AS_OF: &str = "2026-01-05T12:00:00Z";
pub(crate) const PRODUCT: &str = "BTC-USD";
/// Long enough for a loaded machine, short enough to end.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn config() -> Config {
    let account = |name: &str| AccountSpec {
        name: name.to_owned(),
        funds: vec![
            ("USD".parse().unwrap(), Decimal::from(10_000)),
            ("USDC".parse().unwrap(), Decimal::from(2_000)),
            ("BTC".parse().unwrap(), Decimal::new(5, 1)),
        ],
        keys: vec![
            (KeyKind::Es256, Permissions::TRADER),
            (KeyKind::Ed25519, Permissions::TRADER),
            (KeyKind::Es256, Permissions::VIEWER),
            (KeyKind::Es256, Permissions::ALL),
            (KeyKind::Hmac, Permissions::TRADER),
        ],
    };
    let accounts = vec![account("main"), account("other")];
    let config = Config::new(Seeded::new(247).unwrap(), accounts).unwrap();
    Config { pace: Pace::ByHand { from: AS_OF.parse().unwrap() }, budgets: None, ..config }
}

pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) http: reqwest::Client,
}

/// An HTTP status and a body, which is text where it is no JSON.
pub(crate) type Reply = (u16, Value);

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let server = Server::start(config).await.unwrap();
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().unwrap();
        Self { server, http }
    }

    /// With a scenario of the library.
    pub(crate) async fn in_scenario(name: &str) -> Self {
        Self::hit_by(scenario(name, None).unwrap()).await
    }

    pub(crate) async fn hit_by(scenario: Scenario) -> Self {
        Self::with(Config { scenario: Some(scenario), ..config() }).await
    }

    pub(crate) fn key(&self, at: usize) -> &IssuedKey {
        &self.server.keys()[0][at]
    }

    pub(crate) fn host(&self) -> String {
        self.server.http().unwrap().to_string()
    }

    /// A request below the API's prefix, signed by a key of the first account or by none.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        key: Option<usize>,
    ) -> reqwest::RequestBuilder {
        let path = if path.starts_with("/v2") { path.to_owned() } else { api(path) };
        let bare = path.split('?').next().unwrap();
        let method: reqwest::Method = method.parse().unwrap();
        let request = self.http.request(method.clone(), format!("http://{}{path}", self.host()));
        match key {
            None => request,
            Some(key) => {
                let uri = format!("{method} {}{bare}", self.host());
                let token = token(self.key(key), &claims(&self.server, &json!({ "uri": uri })));
                request.bearer_auth(token)
            }
        }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        key: Option<usize>,
        body: Option<Value>,
    ) -> Reply {
        let mut request = self.request(method, path, key);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, Some(TRADER), None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, reply) = self.send("POST", path, Some(TRADER), Some(body.clone())).await;
        assert_eq!(status, 200, "POST {path} {body}: {reply}");
        reply
    }

    /// Best bid and ask.
    pub(crate) async fn touch(&self) -> (Decimal, Decimal) {
        let body = self.get(&format!("/best_bid_ask?product_ids={PRODUCT}")).await;
        let book = &body["pricebooks"][0];
        (decimal(&book["bids"][0]["price"]), decimal(&book["asks"][0]["price"]))
    }

    /// The body of a buy that rests a fifth below the market.
    pub(crate) async fn resting_buy(&self, client: &str) -> Value {
        let (bid, _) = self.touch().await;
        let low = (bid * Decimal::new(8, 1)).round_dp(0);
        json!({
            "client_order_id": client,
            "product_id": PRODUCT,
            "side": "BUY",
            "order_configuration": { "limit_limit_gtc": {
                "base_size": "0.001", "limit_price": low.to_string(), "post_only": true,
            } },
        })
    }

    /// Places that buy; its id.
    pub(crate) async fn rest_a_buy(&self, client: &str) -> String {
        let body = self.resting_buy(client).await;
        let reply = self.post("/orders", body).await;
        assert_eq!(reply["success"], true, "{reply}");
        text(&reply["success_response"]["order_id"])
    }

    pub(crate) async fn socket(&self, path: &str) -> Socket {
        let url = format!("ws://{}{path}", self.host());
        Socket(tokio_tungstenite::connect_async(url).await.unwrap().0)
    }

    /// A token for a WebSocket message.
    pub(crate) fn stream_token(&self, key: usize) -> String {
        token(self.key(key), &claims(&self.server, &json!({})))
    }
}

/// Claims that are valid now, with more, or others, of them.
pub(crate) fn claims(server: &Server, more: &Value) -> Value {
    let now = server.now().secs();
    let mut claims = json!({ "iss": "cdp", "nbf": now, "exp": now + 120 });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

/// Signs claims for a key as Coinbase's clients do.
pub(crate) fn token(key: &IssuedKey, claims: &Value) -> String {
    let mut claims = claims.clone();
    let fields = claims.as_object_mut().unwrap();
    fields.entry("sub").or_insert_with(|| Value::from(key.name.as_str()));
    let (algorithm, secret) = match key.kind {
        KeyKind::Es256 => {
            let secret = p256::SecretKey::from_sec1_pem(&key.secret).unwrap();
            let der = secret.to_pkcs8_der().unwrap();
            (Algorithm::ES256, EncodingKey::from_ec_der(der.as_bytes()))
        }
        KeyKind::Ed25519 => {
            let pair = STANDARD.decode(&key.secret).unwrap();
            let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
            (Algorithm::EdDSA, EncodingKey::from_ed_der(&[&head[..], &pair[..32]].concat()))
        }
        KeyKind::Hmac => panic!("a legacy key signs no tokens"),
    };
    let header = Header { kid: Some(key.name.clone()), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, &claims, &secret).unwrap()
}

pub(crate) fn api(path: &str) -> String {
    format!("/api/v3/brokerage{path}")
}

pub(crate) async fn read(reply: reqwest::Response) -> Reply {
    let status = reply.status().as_u16();
    let body = reply.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::from(body)))
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

pub(crate) fn decimal(value: &Value) -> Decimal {
    text(value).parse().unwrap_or_else(|e| panic!("{value}: {e}"))
}

/// A WebSocket client.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    pub(crate) async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn subscribe(
        &mut self,
        channel: &str,
        products: &[&str],
        jwt: Option<String>,
    ) {
        let mut message =
            json!({ "type": "subscribe", "channel": channel, "product_ids": products });
        if let Some(jwt) = jwt {
            message["jwt"] = Value::from(jwt);
        }
        self.say(&message).await;
    }

    /// The next message, or `None` when the connection ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came");
            match next {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next message of a channel; others are passed over.
    pub(crate) async fn next_of(&mut self, channel: &str) -> Value {
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("ended before {channel}"));
            if message["channel"] == channel {
                return message;
            }
        }
    }

    /// Says goodbye; whether the other side did too.
    pub(crate) async fn leave(&mut self) -> bool {
        self.0.close(None).await.unwrap();
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came");
            match next {
                Some(Ok(Message::Close(_))) => return true,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    }

    /// What comes within a span.
    pub(crate) async fn within(&mut self, span: Duration) -> Vec<Value> {
        let end = tokio::time::Instant::now() + span;
        let mut heard = Vec::new();
        while let Ok(Some(Ok(message))) = tokio::time::timeout_at(end, self.0.next()).await {
            if let Message::Text(text) = message {
                heard.push(serde_json::from_str(&text).unwrap());
            }
        }
        heard
    }
}

impl From<WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>> for Socket {
    fn from(stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>) -> Self {
        Self(stream)
    }
}
