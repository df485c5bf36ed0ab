//! Query strings as Coinbase reads them: repeated keys, any case of `true`, unknown keys ignored.

use domain::Timestamp;

use crate::reply::{Reply, bad_argument};

/// The pairs of a query string, decoded, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let pair = |part: &str| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        };
        Self(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    /// Leaves a key out.
    pub(crate) fn forget(&mut self, key: &str) {
        self.0.retain(|(k, _)| k != key);
    }

    /// The last value of a key; an empty one counts as absent.
    pub(crate) fn one(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(k, _)| k == key)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a repeated key.
    pub(crate) fn all(&self, key: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(k, _)| k == key).map(|(_, v)| v.as_str());
        values.filter(|value| !value.is_empty()).collect()
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.one(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self, key: &'static str) -> Result<Option<usize>, Reply> {
        let Some(text) = self.one(key) else {
            return Ok(None);
        };
        let wrong =
            || Reply::unknown_400(&format!("parsing field {key:?}: {text:?} is not a valid value"));
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// A moment in RFC 3339.
    pub(crate) fn moment(&self, key: &'static str) -> Result<Option<Timestamp>, Reply> {
        let Some(text) = self.one(key) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| bad_argument(&format!("{key} argument is invalid")))
    }

    /// A moment in seconds since 1970.
    pub(crate) fn unix(&self, key: &'static str) -> Result<Option<Timestamp>, Reply> {
        let Some(text) = self.one(key) else {
            return Ok(None);
        };
        let secs: Result<i64, _> = text.parse();
        secs.map(|secs| Some(Timestamp::from_secs(secs)))
            .map_err(|_| bad_argument(&format!("{key} argument is invalid")))
    }

    /// One word of a closed set, or Coinbase's complaint about it.
    pub(crate) fn word(&self, key: &'static str, known: &[&str]) -> Result<Option<&str>, Reply> {
        match self.one(key) {
            Some(word) => in_set(key, word, known).map(Some),
            None => Ok(None),
        }
    }

    /// All words of a closed set.
    pub(crate) fn words(&self, key: &'static str, known: &[&str]) -> Result<Vec<&str>, Reply> {
        self.all(key).into_iter().map(|word| in_set(key, word, known)).collect()
    }
}

fn in_set<'a>(key: &str, word: &'a str, known: &[&str]) -> Result<&'a str, Reply> {
    if known.contains(&word) {
        return Ok(word);
    }
    Err(Reply::unknown_400(&format!("parsing field {key:?}: {word:?} is not a valid value")))
}

/// Percent-decoding with `+` for a blank; what is not valid stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_encoded_values_and_python_booleans_are_read() {
        let query = Query::parse("product_ids=BTC-USD&product_ids=ETH-USD&all=True&d=a%3Ab+c&e=");
        assert_eq!(query.all("product_ids"), ["BTC-USD", "ETH-USD"]);
        assert!(query.flag("all"));
        assert_eq!(query.one("d"), Some("a:b c"));
        assert_eq!(query.one("e"), None);
    }

    #[test]
    fn a_word_outside_its_set_is_named() {
        let query = Query::parse("product_type=OPTIONS");
        let refused = query.word("product_type", &["SPOT"]).unwrap_err();
        assert!(refused.text().contains(r#"parsing field \"product_type\": \"OPTIONS\""#));
    }
}
