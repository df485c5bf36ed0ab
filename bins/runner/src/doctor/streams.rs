//! The feeds: one message of each.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Clock as _;
use exchange_coinbase::rest::SystemTimer;
use exchange_coinbase::ws::{Channel, Event, Loss, Reason, Shard, Stream, StreamConfig, queue};
use exchange_coinbase::{Address, Hosts, KeyKind};

use super::{Check, venue};
use crate::Code;
use crate::keys::Key;

const MARKET: &str = "venue, market";
const USER: &str = "venue, orders";
/// A beat comes every second.
const PATIENCE: Duration = Duration::from_secs(12);

/// What a connection came to.
enum Heard {
    /// What was waited for.
    Well,
    /// The venue says no.
    Refused(String),
    /// It did not come to that.
    Broken(String),
    /// Nothing came.
    Silence,
}

/// Whether market data streams.
pub(super) async fn market(hosts: &Hosts) -> Check {
    let shard = Shard { products: BTreeSet::new(), channels: BTreeSet::new() };
    let config = StreamConfig::new(hosts.market_data.clone());
    let heard = listen(config, shard, |event| matches!(event, Event::Heartbeat { .. })).await;
    told(MARKET, &hosts.market_data, hosts, heard)
}

/// Whether own orders stream: the venue takes the key's token there too.
pub(super) async fn user(hosts: &Hosts, key: &Key, timer: &Arc<SystemTimer>) -> Check {
    if key.credentials.kind() == KeyKind::LegacyHmac {
        let todo = "make a CDP key";
        return Check::look(USER, "not looked at: a legacy key makes no tokens", todo);
    }
    let shard = Shard { products: BTreeSet::new(), channels: BTreeSet::from([Channel::User]) };
    let mut config = StreamConfig::new(hosts.user_data.clone());
    let (credentials, timer) = (Arc::clone(&key.credentials), Arc::clone(timer));
    config.signer = Some(Arc::new(move || {
        let now = timer.now();
        credentials.jwt_for_ws(now.venue.unwrap_or(now.wall))
    }));
    let heard = listen(config, shard, |event| {
        matches!(event, Event::Subscribed(all) if all.contains_key("user"))
            || matches!(event, Event::User { .. })
    });
    told(USER, &hosts.user_data, hosts, heard.await)
}

async fn listen(config: StreamConfig, shard: Shard, wanted: impl Fn(&Event) -> bool) -> Heard {
    let (sink, mut events) = queue(256);
    let stream = Stream::open(config, shard, sink);
    let first = async {
        while let Some(event) = events.next().await {
            if wanted(&event) {
                return Heard::Well;
            }
            if let Event::Refused { message } = event {
                return Heard::Refused(message);
            }
            if let Event::Lost(Loss::Closed(reason)) = event {
                return if let Reason::Denied(why) = reason {
                    Heard::Refused(why)
                } else {
                    Heard::Broken(reason.to_string())
                };
            }
        }
        Heard::Silence
    };
    let heard = tokio::time::timeout(PATIENCE, first).await.unwrap_or(Heard::Silence);
    drop(stream);
    heard
}

fn told(name: &'static str, address: &Address, hosts: &Hosts, heard: Heard) -> Check {
    match heard {
        Heard::Well => Check::good(name, format!("{address} streams")),
        Heard::Refused(why) => Check::bad(
            name,
            Code::Gate,
            format!("{address} refuses: {why}"),
            "see what is said of the key",
        ),
        Heard::Broken(why) => {
            let says = if why.contains(address.host()) { why } else { format!("{address}: {why}") };
            Check::bad(name, Code::Unreachable, says, venue::reach(hosts))
        }
        Heard::Silence => {
            let says = format!("{address}: nothing came in {} s", PATIENCE.as_secs());
            Check::bad(name, Code::Unreachable, says, venue::reach(hosts))
        }
    }
}
