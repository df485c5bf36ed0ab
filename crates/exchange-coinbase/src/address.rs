//! Where the client may connect to: Coinbase's own hosts over TLS, or this machine.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// An address that the client refuses to connect to, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an address for {what}: {rule}")]
pub struct AddressError {
    /// What the address was for.
    pub what: &'static str,
    /// What was given (shortened).
    pub text: String,
    /// What would be right.
    pub rule: &'static str,
}

/// A base address without path: one of Coinbase's hosts, or loopback. Made only by checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    service: Service,
    secure: bool,
    host: String,
    port: Option<u16>,
    loopback: bool,
}

/// What is spoken at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Rest,
    MarketData,
    UserData,
}

impl Service {
    const fn what(self) -> &'static str {
        match self {
            Self::Rest => "REST",
            Self::MarketData => "the market-data WebSocket",
            Self::UserData => "the user-data WebSocket",
        }
    }

    /// The compiled allow-list. The market-data endpoint also serves the user channel (Coinbase
    /// documents it as the fallback), so either WebSocket host is right for user data.
    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Rest => &["api.coinbase.com", "api-sandbox.coinbase.com"],
            Self::MarketData => &["advanced-trade-ws.coinbase.com"],
            Self::UserData => {
                &["advanced-trade-ws-user.coinbase.com", "advanced-trade-ws.coinbase.com"]
            }
        }
    }

    const fn schemes(self) -> (&'static str, &'static str) {
        match self {
            Self::Rest => ("https", "http"),
            Self::MarketData | Self::UserData => ("wss", "ws"),
        }
    }
}

impl Address {
    /// A REST base, such as `https://api.coinbase.com` or `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`AddressError`] for any host that is neither Coinbase's nor loopback, for plain text to
    /// anywhere but loopback, and for anything beyond scheme, host and port.
    pub fn rest(text: &str) -> Result<Self, AddressError> {
        parse(Service::Rest, text)
    }

    /// A market-data WebSocket, such as `wss://advanced-trade-ws.coinbase.com`.
    ///
    /// # Errors
    /// As [`Self::rest`].
    pub fn market_data(text: &str) -> Result<Self, AddressError> {
        parse(Service::MarketData, text)
    }

    /// A user-data WebSocket, such as `wss://advanced-trade-ws-user.coinbase.com`.
    ///
    /// # Errors
    /// As [`Self::rest`].
    pub fn user_data(text: &str) -> Result<Self, AddressError> {
        parse(Service::UserData, text)
    }

    /// Whether it is encrypted.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is this machine.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether real money can be behind it: any of Coinbase's hosts but the sandbox.
    pub fn is_production(&self) -> bool {
        !self.loopback && self.host != "api-sandbox.coinbase.com"
    }

    /// The host, without port; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's usual one included.
    pub const fn port(&self) -> u16 {
        match self.port {
            Some(port) => port,
            None if self.secure => 443,
            None => 80,
        }
    }

    /// Host, and port when it is not the scheme's usual one: what `Host` and a token's `uri` say.
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secure, plain) = self.service.schemes();
        write!(f, "{}://{}", if self.secure { secure } else { plain }, self.authority())
    }
}

/// The three addresses of a venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// REST.
    pub rest: Address,
    /// WebSocket for market data.
    pub market_data: Address,
    /// WebSocket for user data.
    pub user_data: Address,
}

impl Hosts {
    /// Coinbase itself.
    pub fn production() -> Self {
        let known = |service: Service, host: &str| Address {
            service,
            secure: true,
            host: host.to_owned(),
            port: None,
            loopback: false,
        };
        Self {
            rest: known(Service::Rest, "api.coinbase.com"),
            market_data: known(Service::MarketData, "advanced-trade-ws.coinbase.com"),
            user_data: known(Service::UserData, "advanced-trade-ws-user.coinbase.com"),
        }
    }

    /// A venue at a REST base and one WebSocket base that serves both kinds of data, or Coinbase's
    /// own pair when `ws` names one of the two.
    ///
    /// # Errors
    /// [`AddressError`] for either.
    pub fn at(rest: &str, ws: &str) -> Result<Self, AddressError> {
        let market_data = Address::market_data(ws)?;
        let user_data = if market_data.is_loopback() {
            Address::user_data(ws)?
        } else {
            Self::production().user_data
        };
        Ok(Self { rest: Address::rest(rest)?, market_data, user_data })
    }
}

fn parse(service: Service, text: &str) -> Result<Address, AddressError> {
    let refuse = |rule: &'static str| AddressError {
        what: service.what(),
        text: text.chars().take(120).collect(),
        rule,
    };
    let (secure_scheme, plain_scheme) = service.schemes();
    let (scheme, rest) = text.trim().split_once("://").ok_or_else(|| {
        refuse("it must begin with its scheme: https:// or wss://, on loopback http:// or ws://")
    })?;
    let secure = scheme == secure_scheme;
    if !secure && scheme != plain_scheme {
        return Err(refuse("REST is https (on loopback also http), a WebSocket wss (also ws)"));
    }
    let bare = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = split_port(bare).ok_or_else(|| refuse("give scheme, host and port only"))?;
    let loopback = is_loopback(host);
    if !loopback && !service.hosts().contains(&host) {
        return Err(refuse("only Coinbase's own hosts and loopback are allowed"));
    }
    if !loopback && !secure {
        return Err(refuse("plain text is allowed on loopback only"));
    }
    if !loopback && port.is_some_and(|port| port != 443) {
        return Err(refuse("Coinbase listens at port 443"));
    }
    let usual = if secure { 443 } else { 80 };
    let port = port.filter(|port| *port != usual);
    Ok(Address { service, secure, host: host.to_owned(), port, loopback })
}

fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end = if text.starts_with('[') {
        text.find(']')? + 1
    } else {
        text.find(':').unwrap_or(text.len())
    };
    let (host, tail) = text.split_at_checked(end)?;
    let port = match tail.strip_prefix(':') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0)?)
        }
        None if tail.is_empty() => None,
        Some(_) | None => return None,
    };
    (!host.is_empty()).then_some((host, port))
}

/// Literal loopback addresses in their usual spelling, and `localhost`, which the transports
/// resolve themselves.
fn is_loopback(host: &str) -> bool {
    let six = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match six {
        Some(six) => six.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => host == "localhost" || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback()),
    }
}
