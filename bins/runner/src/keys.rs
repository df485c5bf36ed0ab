//! Finds the key to an account: in the file that `CB_API_SECRET_FILE` names, or in
//! `COINBASE_API_KEY` and `COINBASE_API_SECRET`. Nothing else of the environment is read.

use std::path::PathBuf;
use std::sync::Arc;

use exchange_coinbase::{Credentials, KeyError, KeyKind};
use zeroize::Zeroizing;

use crate::{Code, Failure};

/// Names Coinbase's JSON key file.
pub(crate) const FILE: &str = "CB_API_SECRET_FILE";
/// The key's name, or a legacy key.
pub(crate) const KEY: &str = "COINBASE_API_KEY";
/// The key's secret.
pub(crate) const SECRET: &str = "COINBASE_API_SECRET";

/// A key, and where it was found.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// Ready to sign.
    pub(crate) credentials: Arc<Credentials>,
    /// Where it was found.
    pub(crate) origin: String,
}

/// Why there is no usable key although one was meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeysError {
    /// Two keys, of which one would be used without a word.
    #[error(
        "both {FILE} and {KEY} are set: unset one of them, so that it is clear which key is used"
    )]
    Two,
    /// Half a key.
    #[error("{0} is set and {1} is not: set both, or {FILE} alone")]
    Half(&'static str, &'static str),
    /// A key that cannot be used.
    #[error("{origin}: {error}")]
    Unusable {
        /// Where it was found.
        origin: String,
        /// What is wrong with it, and what would be right.
        error: KeyError,
    },
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        Self::new(Code::Config, format!("the key cannot be used: {error}"))
    }
}

/// The key of the process's environment, if there is one.
pub(crate) fn find() -> Result<Option<Key>, KeysError> {
    find_in(&environment)
}

/// A variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place where keys come from")]
fn environment(name: &str) -> Option<Zeroizing<String>> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty()).map(Zeroizing::new)
}

fn find_in(env: &dyn Fn(&str) -> Option<Zeroizing<String>>) -> Result<Option<Key>, KeysError> {
    let (origin, loaded) = match (env(FILE), env(KEY), env(SECRET)) {
        (None, None, None) => return Ok(None),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => return Err(KeysError::Two),
        (None, Some(_), None) => return Err(KeysError::Half(KEY, SECRET)),
        (None, None, Some(_)) => return Err(KeysError::Half(SECRET, KEY)),
        (Some(file), None, None) => {
            let path = PathBuf::from(file.trim());
            let loaded = Credentials::from_file(&path);
            // Never show what is the key itself.
            let is_key = matches!(loaded, Err(KeyError::NotAPath));
            let origin =
                if is_key { FILE.to_owned() } else { format!("{FILE} ({})", path.display()) };
            (origin, loaded)
        }
        (None, Some(key), Some(secret)) => (format!("{KEY} and {SECRET}"), pair(&key, &secret)),
    };
    match loaded {
        Ok(credentials) => Ok(Some(Key { credentials: Arc::new(credentials), origin })),
        Err(error) => Err(KeysError::Unusable { origin, error }),
    }
}

/// A CDP key by its looks, else a legacy one: those have a key of 16 letters and digits, and any
/// text for a secret.
fn pair(key: &str, secret: &str) -> Result<Credentials, KeyError> {
    let short = key.trim().len() == 16 && key.trim().bytes().all(|b| b.is_ascii_alphanumeric());
    match Credentials::from_text(key, secret) {
        Err(KeyError::LegacyKey) => Credentials::legacy(key, secret),
        Err(KeyError::WrongLength(_) | KeyError::Unrecognised) if short => {
            Credentials::legacy(key, secret)
        }
        other => other,
    }
}

/// What a kind of key is called.
pub(crate) const fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Es256 => "CDP key, ECDSA (ES256)",
        KeyKind::Ed25519 => "CDP key, Ed25519",
        KeyKind::LegacyHmac => "legacy HMAC key",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<Key>, KeysError> {
        find_in(&|name| {
            let value = variables.iter().find(|(known, _)| *known == name)?;
            Some(Zeroizing::new(value.1.to_owned()))
        })
    }

    #[test]
    fn no_variable_is_no_key_and_half_or_two_are_refused() {
        assert!(found(&[]).unwrap().is_none());
        assert_eq!(found(&[(KEY, "k")]).unwrap_err(), KeysError::Half(KEY, SECRET));
        assert_eq!(found(&[(SECRET, "s")]).unwrap_err(), KeysError::Half(SECRET, KEY));
        let two = found(&[(FILE, "/a/file"), (KEY, "k"), (SECRET, "s")]).unwrap_err();
        assert_eq!(two, KeysError::Two);
    }

    #[test]
    fn the_kind_of_a_pair_is_told_by_its_looks() {
        let key = found(&[(KEY, "aBcDeFgHiJkLmNoP"), (SECRET, "AbCdEfGhIjKlMnOpQrStUvWxYz012345")]);
        assert_eq!(key.unwrap().unwrap().credentials.kind(), KeyKind::LegacyHmac);
        let odd = found(&[(KEY, "aBcDeFgHiJkLmNoP"), (SECRET, "Ab+dEfGhIjKlMnOpQrStUvWxYz01234/")]);
        assert_eq!(odd.unwrap().unwrap().credentials.kind(), KeyKind::LegacyHmac);
        let seed = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
        let name = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
        let key = found(&[(KEY, name), (SECRET, seed)]).unwrap().unwrap();
        assert_eq!(key.credentials.kind(), KeyKind::Ed25519);
        assert!(key.origin.contains(KEY) && !key.origin.contains(seed));
    }
}
