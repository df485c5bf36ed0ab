//! What clients say on a WebSocket.

use serde_json::Value;

/// The channels of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Heartbeats,
    Candles,
    Status,
    Ticker,
    TickerBatch,
    Level2,
    MarketTrades,
    User,
    FuturesBalanceSummary,
}

impl Channel {
    const ALL: [Self; 9] = [
        Self::Heartbeats,
        Self::Candles,
        Self::Status,
        Self::Ticker,
        Self::TickerBatch,
        Self::Level2,
        Self::MarketTrades,
        Self::User,
        Self::FuturesBalanceSummary,
    ];

    /// Its name in requests and acknowledgements.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Heartbeats => "heartbeats",
            Self::Candles => "candles",
            Self::Status => "status",
            Self::Ticker => "ticker",
            Self::TickerBatch => "ticker_batch",
            Self::Level2 => "level2",
            Self::MarketTrades => "market_trades",
            Self::User => "user",
            Self::FuturesBalanceSummary => "futures_balance_summary",
        }
    }

    /// Its name in envelopes.
    pub(crate) const fn envelope(self) -> &'static str {
        if matches!(self, Self::Level2) { "l2_data" } else { self.name() }
    }

    /// Whether it needs a credential.
    pub(crate) const fn is_private(self) -> bool {
        matches!(self, Self::User | Self::FuturesBalanceSummary)
    }

    /// Whether its acknowledgement names products.
    pub(crate) const fn has_products(self) -> bool {
        !(self.is_private() || matches!(self, Self::Heartbeats))
    }

    /// Whether it is about products that must be named.
    pub(crate) const fn needs_products(self) -> bool {
        matches!(
            self,
            Self::Candles | Self::Ticker | Self::TickerBatch | Self::Level2 | Self::MarketTrades
        )
    }
}

/// A request that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) subscribe: bool,
    pub(crate) channel: Channel,
    pub(crate) products: Vec<String>,
    pub(crate) credential: Credential,
}

/// What a request is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    None,
    Token(String),
    Hmac { key: String, timestamp: String, signature: String },
}

/// Reads a request, or says what is wrong in words for an error frame.
pub(crate) fn read(text: &str) -> Result<Request, String> {
    let body: Value = serde_json::from_str(text).map_err(|_| "invalid json".to_owned())?;
    let word = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let subscribe = match word("type").as_deref() {
        Some("subscribe") => true,
        Some("unsubscribe") => false,
        Some(other) => return Err(format!("type {other} not supported")),
        None => return Err("type is required".to_owned()),
    };
    let name = word("channel").ok_or("channel is required")?;
    let channel = Channel::ALL.into_iter().find(|channel| channel.name() == name);
    let channel = channel.ok_or_else(|| format!("channel {name} not supported"))?;
    let products = match body.get("product_ids") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => {
            let id = |id: &Value| id.as_str().map(str::to_owned);
            ids.iter().map(id).collect::<Option<_>>().ok_or("product_ids must be texts")?
        }
        Some(_) => return Err("product_ids must be a list".to_owned()),
    };
    let credential = match (word("jwt"), word("api_key"), word("timestamp"), word("signature")) {
        (Some(token), ..) if !token.is_empty() => Credential::Token(token),
        (_, Some(key), Some(timestamp), Some(signature)) => {
            Credential::Hmac { key, timestamp, signature }
        }
        _ => Credential::None,
    };
    Ok(Request { subscribe, channel, products, credential })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_wrong_ones_are_told_what_is_wrong() {
        let good = r#"{"type":"subscribe","channel":"level2","product_ids":["BTC-USD"],"jwt":"x"}"#;
        let request = read(good).unwrap();
        assert!(request.subscribe && request.channel == Channel::Level2);
        assert_eq!(request.credential, Credential::Token("x".to_owned()));
        let wrong = [
            ("", "invalid json"),
            ("{}", "type is required"),
            (r#"{"type":"ping"}"#, "type ping not supported"),
            (r#"{"type":"subscribe"}"#, "channel is required"),
            (r#"{"type":"subscribe","channel":"full"}"#, "channel full not supported"),
            (r#"{"type":"subscribe","channel":"ticker","product_ids":[1]}"#, "must be texts"),
        ];
        for (text, expected) in wrong {
            let said = read(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
