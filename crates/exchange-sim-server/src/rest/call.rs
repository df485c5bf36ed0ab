//! A request on its way to an answer.

use exchange_sim::SimError;
use exchange_sim::spot::AccountNo;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::floor::{Floor, User};
use crate::keys::KnownKey;
use crate::query::Query;
use crate::reply::Reply;
use crate::shared::Shared;

/// What a route returns: a body with status 200, or another reply.
pub(crate) type Answer = Result<Value, Reply>;

/// A request whose key may do what it asks for.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) floor: &'a mut Floor,
    /// `None` on public paths.
    pub(crate) key: Option<&'a KnownKey>,
    /// What `{}` of the route stands for.
    pub(crate) segments: Vec<&'a str>,
    pub(crate) query: Query,
    pub(crate) body: Value,
}

impl Call<'_> {
    /// The first segment of the path that stands for something.
    pub(crate) fn segment(&self) -> &str {
        self.segments.first().copied().unwrap_or_default()
    }

    /// The account that the key is bound to.
    pub(crate) fn account(&self) -> Result<AccountNo, Reply> {
        let key = self.key.ok_or_else(Reply::unauthorized)?;
        Ok(self.floor.account_of(key.account)?)
    }

    /// The place of the key's user among the users.
    pub(crate) fn user_at(&self) -> Result<usize, Reply> {
        Ok(self.key.ok_or_else(Reply::unauthorized)?.account)
    }

    pub(crate) fn user(&self) -> Result<&User, Reply> {
        let at = self.user_at()?;
        self.floor.users.get(at).ok_or_else(|| Reply::internal("a key without a user"))
    }
}

impl From<SimError> for Reply {
    fn from(error: SimError) -> Self {
        tracing::error!(%error, "the venue could not answer");
        Self::internal(&error.to_string())
    }
}

impl From<domain::NumError> for Reply {
    fn from(error: domain::NumError) -> Self {
        Self::from(SimError::from(error))
    }
}

/// A field under its name or the camel-cased one, as Coinbase's gateway reads both.
pub(crate) fn field<'v>(body: &'v Value, name: &str) -> Option<&'v Value> {
    let found = body.get(name).or_else(|| body.get(camel(name).as_str()));
    found.filter(|value| !value.is_null())
}

/// A text field; numbers count as their text, and an empty text as absent.
pub(crate) fn text(body: &Value, name: &str) -> Option<String> {
    match field(body, name)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

pub(crate) fn flag(body: &Value, name: &str) -> bool {
    match field(body, name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        match (letter, upper) {
            ('_', _) => upper = true,
            (_, true) => {
                out.extend(letter.to_uppercase());
                upper = false;
            }
            (_, false) => out.push(letter),
        }
    }
    out
}

/// A number as Coinbase writes it: no zeros behind, no exponent.
pub(crate) fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

/// A signal as a decimal text with up to so many digits behind the point.
pub(crate) fn signal(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_both_spellings_and_numbers_are_texts() {
        let body =
            serde_json::json!({"baseSize": "1", "limit_price": 2.5, "postOnly": true, "x": null});
        assert_eq!(text(&body, "base_size").as_deref(), Some("1"));
        assert_eq!(text(&body, "limit_price").as_deref(), Some("2.5"));
        assert!(flag(&body, "post_only"));
        assert!(field(&body, "x").is_none());
    }

    #[test]
    fn signals_end_without_zeros() {
        let cases =
            [(1.50, "1.5"), (2.0, "2"), (-0.000_000_1, "0"), (100.0, "100"), (f64::NAN, "")];
        for (value, expected) in cases {
            assert_eq!(signal(value, 4), expected);
        }
    }
}
