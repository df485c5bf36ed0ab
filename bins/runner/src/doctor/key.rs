//! The key: whether there is one, of which kind, and what it may do.

use config::Config;
use domain::Mode;
use exchange_coinbase::rest::{ErrorKind, KeyPermissions, PortfolioType, RestClient, RestError};
use exchange_coinbase::{Hosts, KeyError, KeyKind};

use super::{Check, trades};
use crate::Code;
use crate::coinbase::Skew;
use crate::keys::{self, FILE, KEY, Key, KeysError, SECRET};

const KEYS: &str = "key";
const PERMISSIONS: &str = "key permissions";
/// Where keys are made and listed.
const LIST: &str = "https://portal.cdp.coinbase.com/projects/api-keys";
/// A token is refused when the clocks differ by more than its life.
const TOKEN_LIFE_MS: u64 = 120_000;

/// What was found of a key.
pub(super) fn found(
    config: &Config,
    hosts: &Hosts,
    found: &Result<Option<Key>, KeysError>,
) -> Check {
    match found {
        Ok(None) if trades(config.app.mode) => {
            Check::bad(KEYS, Code::Gate, format!("none, and {} needs one", config.app.mode), how())
        }
        Ok(None) => {
            let cash = config.app.paper.start_cash_usd;
            Check::good(KEYS, format!("none: public market data, and ${cash} as configured"))
        }
        Ok(Some(key)) => known(hosts, key),
        Err(error) => {
            let todo = match error {
                KeysError::Unusable { error: KeyError::TooOpen { .. }, .. } => {
                    "make it readable for you alone, and make a new key if others may have read it"
                        .to_owned()
                }
                KeysError::Two | KeysError::Half(..) | KeysError::Unusable { .. } => how(),
            };
            Check::bad(KEYS, Code::Config, error.to_string(), todo)
        }
    }
}

fn how() -> String {
    format!(
        "make a key with view and trade at {LIST}, and name its file in {FILE} (or set {KEY} and \
         {SECRET})"
    )
}

fn known(hosts: &Hosts, key: &Key) -> Check {
    let credentials = &key.credentials;
    let says =
        format!("{} {:?} from {}", keys::kind(credentials.kind()), credentials.name(), key.origin);
    if credentials.kind() == KeyKind::LegacyHmac {
        let says = format!("{says}: {}", KeyError::LegacyKey);
        return if hosts.rest.is_loopback() {
            Check::look(KEYS, says, "it works on compatible venues only, such as this one")
        } else {
            Check::bad(KEYS, Code::Gate, says, how())
        };
    }
    if !is_name(credentials.name()) {
        let says = format!("{says}: Coinbase makes no such names");
        let todo = "copy it again: organizations/<uuid>/apiKeys/<uuid>, or a uuid alone";
        return Check::look(KEYS, says, todo);
    }
    Check::good(KEYS, says)
}

/// `organizations/<uuid>/apiKeys/<uuid>`, or a uuid.
fn is_name(name: &str) -> bool {
    let is_uuid = |text: &str| text.parse::<uuid::Uuid>().is_ok();
    match name.split('/').collect::<Vec<_>>().as_slice() {
        [one] => is_uuid(one),
        ["organizations", organisation, "apiKeys", key] => is_uuid(organisation) && is_uuid(key),
        _ => false,
    }
}

/// What the venue lets the key do. The skew is what the clock check found.
pub(super) async fn permissions(
    config: &Config,
    client: &RestClient,
    key: &Key,
    skew: Skew,
) -> Check {
    match client.key_permissions().await {
        Ok(may) => judged(config.app.mode, &may),
        Err(error) => refused(&error, key, skew),
    }
}

fn judged(mode: Mode, may: &KeyPermissions) -> Check {
    let words = [(may.can_view, "view"), (may.can_trade, "trade"), (may.can_transfer, "transfer")];
    let words: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let says = format!("{}; portfolio {}", words.join(", "), may.portfolio_uuid);
    let bad = |says: String, todo: &str| Check::bad(PERMISSIONS, Code::Gate, says, todo);
    if may.can_transfer {
        let says = format!("{says}: it can transfer money away, which a trader must not");
        return bad(says, "make a key without transfer, and delete this one");
    }
    if !may.can_view {
        return bad(format!("{says}: it cannot view"), "make a key with view and trade");
    }
    if trades(mode) && !may.can_trade {
        let says = format!("{says}: it can only view, and {mode} needs trade");
        return bad(says, "make a key with view and trade");
    }
    if !matches!(may.portfolio_type, PortfolioType::Default | PortfolioType::Consumer) {
        let says =
            format!("{says}, which is no spot portfolio ({:?})", may.portfolio_type.as_str());
        return bad(says, "bind the key to a spot portfolio: keys cannot be moved, make a new one");
    }
    Check::good(PERMISSIONS, says)
}

/// The venue says `Unauthorized` and no more: what can be known from here decides what it can be.
fn refused(error: &RestError, key: &Key, skew: Skew) -> Check {
    let name = key.credentials.name();
    let bad = |says: String, todo: String| Check::bad(PERMISSIONS, Code::Gate, says, todo);
    match error.kind() {
        ErrorKind::Unauthorized if key.credentials.kind() == KeyKind::LegacyHmac => {
            bad(format!("refused (401): {}", KeyError::LegacyKey), how())
        }
        ErrorKind::Unauthorized if skew.ahead_ms.unsigned_abs() > TOKEN_LIFE_MS => bad(
            format!(
                "refused (401), and this machine's clock differs from the venue's by {} s: tokens \
                 look expired or not yet valid",
                skew.ahead_ms.unsigned_abs() / 1_000
            ),
            "set the clock: let the system follow a time server (NTP)".to_owned(),
        ),
        ErrorKind::Unauthorized if !is_name(name) => bad(
            format!("refused (401): no key has the name {name:?}; Coinbase makes no such names"),
            "copy the name again: organizations/<uuid>/apiKeys/<uuid>, or a uuid alone".to_owned(),
        ),
        ErrorKind::Unauthorized => bad(
            "refused (401). The token was fresh, in the venue's own time, and its signature \
             verifies here: so either the key was deleted or its name is of another key, or its \
             private half is of another key, or this machine's address is not on the key's IP list"
                .to_owned(),
            format!("compare {name:?} with the list at {LIST} and look at its IP addresses"),
        ),
        ErrorKind::Forbidden => bad(
            format!("refused (403): the key cannot even view: {error}"),
            "make a key with view and trade".to_owned(),
        ),
        ErrorKind::Key => bad(format!("the key does not sign: {error}"), how()),
        ErrorKind::Input
        | ErrorKind::Throttled
        | ErrorKind::TooLate
        | ErrorKind::Unreachable
        | ErrorKind::Timeout
        | ErrorKind::TooLarge
        | ErrorKind::BadRequest
        | ErrorKind::NotFound
        | ErrorKind::RateLimited
        | ErrorKind::Server
        | ErrorKind::UnexpectedStatus
        | ErrorKind::Unreadable
        | ErrorKind::Paging
        | ErrorKind::ProofRequired => Check::bad(
            PERMISSIONS,
            Code::Unreachable,
            format!("not known: {error}"),
            "run it again; the venue's state is at https://status.coinbase.com",
        ),
    }
}
