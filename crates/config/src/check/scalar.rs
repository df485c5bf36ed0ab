//! One scalar against its schema.

use core::str::FromStr;

use domain::{Asset, ProductId, Timestamp};
use exchange_coinbase::Address;
use rust_decimal::Decimal;
use serde_json::Value;
use universe::ClusterName;

use super::bounds::Bounds;
use super::words::{allowed, either, nearest, unit};
use crate::Kind;
use crate::env::{Lookup, expand};
use crate::secret::{self, shown};
use crate::tree::{Meaning, Scalar};

/// The most digits that a plain number keeps.
const PLAIN_DIGITS: usize = 15;

/// What a scalar is, or what is wrong with it.
pub(crate) type Checked = Result<Value, (Kind, String)>;

/// Whether a schema allows a type.
pub(crate) fn allows(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(many)) => many.iter().any(|one| one == name),
        _ => false,
    }
}

/// What a schema wants, in words, with range and unit.
pub(crate) fn wanted(schema: &Value, path: &str) -> String {
    let mut text = if let Some(words) = allowed(schema) {
        either(&words)
    } else if allows(schema, "integer") {
        number_words("a whole number", schema, path)
    } else if allows(schema, "number") {
        number_words("a number", schema, path)
    } else if allows(schema, "boolean") {
        "true or false".to_owned()
    } else if allows(schema, "array") {
        "a list".to_owned()
    } else if allows(schema, "object") {
        "a mapping of keys to values".to_owned()
    } else {
        match schema.get("format").and_then(Value::as_str) {
            Some("asset") => "a currency, such as BTC".to_owned(),
            Some("product") => "a product, such as BTC-USD".to_owned(),
            Some("date-time") => "a moment, such as 2026-01-05T12:00:00Z".to_owned(),
            Some("path") => "a path".to_owned(),
            Some("rest-address") => "an address, such as https://api.coinbase.com".to_owned(),
            Some("market-address" | "user-address") => {
                "an address, such as wss://advanced-trade-ws.coinbase.com".to_owned()
            }
            _ => "text".to_owned(),
        }
    };
    if allows(schema, "null") {
        text.push_str(", or null");
    }
    text
}

fn number_words(kind: &str, schema: &Value, path: &str) -> String {
    let range = Bounds::of(schema).words();
    let unit = unit(path).map(|unit| format!(" ({unit})")).unwrap_or_default();
    match range {
        Some(range) => format!("{kind}, {range}{unit}"),
        None => format!("{kind}{unit}"),
    }
}

/// Checks one scalar.
pub(crate) fn check(scalar: &Scalar, schema: &Value, path: &str, env: Lookup<'_>) -> Checked {
    let text = scalar.text.as_str();
    if secret::looks(text) {
        return Err((Kind::Secret, format!("looks like a secret; {}", secret::WHERE)));
    }
    let expands = schema.get("x-env").and_then(Value::as_bool) == Some(true);
    if text.contains("${") && !expands {
        let what = format!(
            "{} is not expanded here; only data_dir of app.yaml may name a variable",
            shown(text)
        );
        return Err((Kind::Env, what));
    }
    if scalar.meaning == Meaning::Null {
        return null(scalar, schema, path);
    }
    if let Some(words) = allowed(schema) {
        return word(scalar, &words, schema, path);
    }
    if allows(schema, "integer") || allows(schema, "number") {
        return number(scalar, schema, path);
    }
    if allows(schema, "boolean") {
        return boolean(scalar, schema, path);
    }
    if !allows(schema, "string") {
        return Err(mistyped(scalar, schema, path));
    }
    if scalar.meaning != Meaning::Text {
        let what =
            format!("{} is {}; put it in quotes if it is meant as text", shown(text), is(scalar));
        return Err((Kind::Type, what));
    }
    if expands {
        expand(text, env).map_err(|why| (Kind::Env, format!("{} {why}", shown(text))))?;
    }
    form(text, schema)?;
    Ok(Value::String(text.to_owned()))
}

fn null(scalar: &Scalar, schema: &Value, path: &str) -> Checked {
    if allows(schema, "null") {
        return Ok(Value::Null);
    }
    let is = if scalar.text.is_empty() || scalar.text == "~" { "has no value" } else { "is null" };
    Err((Kind::Type, format!("{is}; give {}", wanted(schema, path))))
}

fn word(scalar: &Scalar, words: &[&str], schema: &Value, path: &str) -> Checked {
    let text = scalar.text.as_str();
    if words.contains(&text) && scalar.meaning == Meaning::Text {
        return Ok(Value::String(text.to_owned()));
    }
    let meant = nearest(text, words.iter().copied());
    let hint = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    Err((Kind::Word, format!("{} is not {}{hint}", shown(text), wanted(schema, path))))
}

fn boolean(scalar: &Scalar, schema: &Value, path: &str) -> Checked {
    if let Meaning::Bool(value) = scalar.meaning {
        return Ok(Value::Bool(value));
    }
    let meant = match scalar.text.to_lowercase().as_str() {
        "yes" | "on" | "y" | "true" | "1" => "true",
        "no" | "off" | "n" | "false" | "0" => "false",
        _ => return Err(mistyped(scalar, schema, path)),
    };
    let what = format!("{} is {}; write {meant}", shown(&scalar.text), is(scalar));
    Err((Kind::Type, what))
}

/// What a scalar is, in words.
fn is(scalar: &Scalar) -> &'static str {
    match scalar.meaning {
        Meaning::Null => "null",
        Meaning::Bool(_) => "true or false",
        Meaning::Whole(_) | Meaning::Float(_) => "a number",
        Meaning::Text if scalar.quoted => "text, because of its quotes",
        Meaning::Text => "text",
    }
}

fn mistyped(scalar: &Scalar, schema: &Value, path: &str) -> (Kind, String) {
    let text = shown(&scalar.text);
    (Kind::Type, format!("{text} is {}; give {}", is(scalar), wanted(schema, path)))
}

/// Text of a form that one of our readers decides.
fn form(text: &str, schema: &Value) -> Result<(), (Kind, String)> {
    fn read<T: FromStr<Err: ToString>>(text: &str) -> Result<(), String> {
        text.parse::<T>().map(|_| ()).map_err(|error| error.to_string())
    }
    fn address<T, E: ToString>(read: Result<T, E>) -> Result<(), String> {
        read.map(|_| ()).map_err(|error| error.to_string())
    }
    let read: fn(&str) -> Result<(), String> = match schema.get("format").and_then(Value::as_str) {
        Some("asset") => read::<Asset>,
        Some("product") => read::<ProductId>,
        Some("date-time") => read::<Timestamp>,
        Some("cluster") => read::<ClusterName>,
        Some("rest-address") => |text| address(Address::rest(text)),
        Some("market-address") => |text| address(Address::market_data(text)),
        Some("user-address") => |text| address(Address::user_data(text)),
        Some("path") if text.trim().is_empty() => {
            return Err((Kind::Range, "is empty; give a directory".to_owned()));
        }
        _ => return Ok(()),
    };
    read(text).map_err(|why| {
        let upper = text.trim().to_uppercase();
        let better = upper != text && read(&upper).is_ok() && upper.len() < 64;
        let hint = if better { format!("; did you mean {upper}?") } else { String::new() };
        (Kind::Form, format!("{why}{hint}"))
    })
}

/// The key of a mapping whose names are free within a form.
pub(crate) fn name(key: &str, schema: &Value) -> Result<(), (Kind, String)> {
    form(key, schema)
}

fn number(scalar: &Scalar, schema: &Value, path: &str) -> Checked {
    let text = scalar.text.as_str();
    let exact = schema.get("format").and_then(Value::as_str) == Some("decimal");
    let value = match scalar.meaning {
        Meaning::Whole(whole) if !decimal_digits(text) => {
            let what = format!("{} is not written in decimal; write {whole}", shown(text));
            return Err((Kind::Form, what));
        }
        Meaning::Float(value) if value.is_nan() || value.is_infinite() => {
            let what = format!(
                "{} is no number that can be compared; give {}",
                shown(text),
                wanted(schema, path)
            );
            return Err((Kind::Range, what));
        }
        Meaning::Whole(_) => text.parse().unwrap_or(f64::NAN),
        Meaning::Float(value) => value,
        Meaning::Text if exact && scalar.quoted => return exact_text(text, schema, path),
        Meaning::Text => return Err(unreadable(scalar, schema, path)),
        Meaning::Null | Meaning::Bool(_) => return Err(mistyped(scalar, schema, path)),
    };
    if exact && text.bytes().filter(u8::is_ascii_digit).count() > PLAIN_DIGITS {
        let what =
            format!("{} has more digits than a plain number keeps; put it in quotes", shown(text));
        return Err((Kind::Form, what));
    }
    let whole = matches!(scalar.meaning, Meaning::Whole(_));
    if !whole && !allows(schema, "number") {
        let what = format!("{} is not a whole number; give {}", shown(text), wanted(schema, path));
        return Err((Kind::Type, what));
    }
    within(value, text, schema, path)?;
    if exact && Decimal::from_str_exact(&value.to_string()).is_err() {
        return Err((Kind::Range, format!("{} does not fit an exact decimal", shown(text))));
    }
    json(scalar.meaning).ok_or_else(|| mistyped(scalar, schema, path))
}

/// The number as the reader of the types will see it.
fn json(meaning: Meaning) -> Option<Value> {
    match meaning {
        Meaning::Whole(whole) => u64::try_from(whole)
            .map(Value::from)
            .or_else(|_| i64::try_from(whole).map(Value::from))
            .ok(),
        Meaning::Float(value) => serde_json::Number::from_f64(value).map(Value::Number),
        Meaning::Null | Meaning::Bool(_) | Meaning::Text => None,
    }
}

fn within(value: f64, text: &str, schema: &Value, path: &str) -> Result<(), (Kind, String)> {
    let bounds = Bounds::of(schema);
    if bounds.hold(value) {
        return Ok(());
    }
    let range = bounds.words().unwrap_or_else(|| "a number".to_owned());
    let unit = unit(path).map(|unit| format!(" ({unit})")).unwrap_or_default();
    let null = if allows(schema, "null") { ", or null" } else { "" };
    let what = format!("{} {}; give {range}{unit}{null}", shown(text), bounds.missed(value));
    Err((Kind::Range, what))
}

/// An exact amount in quotes: plain digits, none of them lost.
fn exact_text(text: &str, schema: &Value, path: &str) -> Checked {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        let what =
            format!("{} is not a plain decimal number; give {}", shown(text), wanted(schema, path));
        return Err((Kind::Form, what));
    }
    if Decimal::from_str_exact(text).is_err() {
        return Err((Kind::Range, format!("{} does not fit an exact decimal", shown(text))));
    }
    within(text.parse().unwrap_or(f64::NAN), text, schema, path)?;
    Ok(Value::String(text.to_owned()))
}

/// Text where a number is due: what it would be without its signs and quotes.
fn unreadable(scalar: &Scalar, schema: &Value, path: &str) -> (Kind, String) {
    let text = scalar.text.as_str();
    let zeros = text.trim_start_matches(['+', '-']).starts_with('0');
    if !scalar.quoted && decimal_digits(text) && !zeros {
        let what = format!("{} is beyond 64 bits; give {}", shown(text), wanted(schema, path));
        return (Kind::Range, what);
    }
    let bare: String = text
        .trim()
        .trim_end_matches(['%', ' '])
        .trim_start_matches('$')
        .chars()
        .filter(|c| *c != '_' && *c != ',')
        .collect();
    let meant = bare.parse::<f64>().ok().filter(|value| value.is_finite() && bare.len() < 32);
    match meant {
        Some(value) => {
            let what = format!("{} is {}; write {value}", shown(text), is(scalar));
            (Kind::Type, what)
        }
        None => mistyped(scalar, schema, path),
    }
}

/// Digits with a sign at most: not hexadecimal, octal or binary.
fn decimal_digits(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit())
}
