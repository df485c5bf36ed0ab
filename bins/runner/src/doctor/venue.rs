//! The venue: REST, clock, streams, and what it says of the key.

use config::Config;
use exchange_coinbase::Hosts;

use super::{Check, key, streams};
use crate::coinbase::{self, Skew};
use crate::{Code, keys};

const REST: &str = "venue, REST";
const CLOCK: &str = "clock";

/// Looks at everything that goes over the network.
pub(super) async fn look(config: &Config, checks: &mut Vec<Check>) {
    let hosts = match coinbase::hosts(config) {
        Ok(hosts) => hosts,
        Err(error) => {
            let todo = "give Coinbase's own addresses, or loopback, in app.yaml";
            checks.push(Check::bad(REST, Code::Config, error.to_string(), todo));
            return;
        }
    };
    let found = keys::find();
    checks.push(key::found(config, &hosts, &found));
    let key = found.ok().flatten();
    let (client, timer) = match coinbase::client(&hosts, key.as_ref()) {
        Ok(client) => client,
        Err(failure) => {
            let todo = "see that the system's certificates, or SSL_CERT_FILE, can be read";
            checks.push(Check::bad(REST, Code::Failed, failure.message, todo));
            return;
        }
    };
    let skew = coinbase::synchronise(&client, &timer).await;
    match &skew {
        Ok(skew) => {
            let says = format!("{} answers in {} ms", hosts.rest, skew.took.as_millis());
            checks.push(Check::good(REST, says));
            checks.push(clock(*skew));
        }
        Err(error) => {
            let says = format!("{}/api/v3/brokerage/time: {error}", hosts.rest);
            checks.push(Check::bad(REST, Code::Unreachable, says, reach(&hosts)));
        }
    }
    checks.push(streams::market(&hosts).await);
    if let (Some(key), Ok(skew)) = (&key, skew) {
        checks.push(key::permissions(config, &client, key, skew).await);
        checks.push(streams::user(&hosts, key, &timer).await);
    }
}

/// What to do about a venue that does not answer.
pub(super) fn reach(hosts: &Hosts) -> String {
    if hosts.rest.is_loopback() {
        "start it with `runner venue serve`, or correct the addresses in app.yaml; for https set \
         SSL_CERT_FILE to its certificate"
            .to_owned()
    } else {
        "look at this machine's network, name server and firewall; the venue's state is at \
         https://status.coinbase.com"
            .to_owned()
    }
}

/// How far the clocks may be apart. Ours follows the venue's; its own clock is for its logs, and for
/// tokens until the venue's time is known.
const APART_MS: u64 = 2_000;

fn clock(skew: Skew) -> Check {
    let (ahead, error) = (skew.ahead_ms, skew.took.as_millis() / 2);
    let side = if ahead < 0 { "ahead of" } else { "behind" };
    let says = format!("{} ms {side} the venue's, ± {error} ms", ahead.unsigned_abs());
    if ahead.unsigned_abs() > APART_MS {
        let says = format!("{says}: more than {} s", APART_MS / 1_000);
        let todo = "set the clock: let the system follow a time server (NTP)";
        return Check::bad(CLOCK, Code::Failed, says, todo);
    }
    Check::good(CLOCK, says)
}
