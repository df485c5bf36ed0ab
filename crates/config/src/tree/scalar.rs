//! What a scalar means.

use serde_yaml::Value;

/// Longer plain text is text: no number, word or null is so long.
const LONGEST: usize = 400;

/// A scalar as written and as understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scalar {
    /// The text, without quotes.
    pub(crate) text: String,
    /// Whether it was quoted or a block: then it is text, whatever it looks like.
    pub(crate) quoted: bool,
    /// What it means to the reader of the types.
    pub(crate) meaning: Meaning,
}

/// What a plain scalar means in YAML 1.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    /// Nothing: `null`, `~` or no text at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i128),
    /// Any other number, `.nan` and `.inf` among them.
    Float(f64),
    /// Everything else.
    Text,
}

impl Scalar {
    pub(crate) fn new(text: String, quoted: bool) -> Self {
        let meaning = if quoted { Meaning::Text } else { plain(&text) };
        Self { text, quoted, meaning }
    }
}

/// Asks the reader that will read the types, so that the two can never disagree. Alone, a document
/// marker would be read as one.
fn plain(text: &str) -> Meaning {
    let marker = text.starts_with("---") || text.starts_with("...");
    if marker || text.len() > LONGEST || text.contains('\n') {
        return Meaning::Text;
    }
    match serde_yaml::from_str(text) {
        Ok(Value::Null) => Meaning::Null,
        Ok(Value::Bool(value)) => Meaning::Bool(value),
        Ok(Value::Number(number)) => {
            let whole = number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from));
            match (whole, number.as_f64()) {
                (Some(whole), _) => Meaning::Whole(whole),
                (None, Some(float)) => Meaning::Float(float),
                (None, None) => Meaning::Text,
            }
        }
        Ok(Value::String(_) | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_))
        | Err(_) => Meaning::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reader makes of a text where it is the value of a key.
    fn in_place(text: &str) -> Option<Value> {
        let all: Value = serde_yaml::from_str(&format!("key: {text}\n")).ok()?;
        all.get("key").cloned()
    }

    #[test]
    fn a_scalar_means_alone_what_it_means_in_its_place() {
        for text in [
            "",
            "~",
            "null",
            "Null",
            "NULL",
            "nil",
            "true",
            "True",
            "TRUE",
            "yes",
            "on",
            "n",
            "0",
            "-0",
            "+7",
            "007",
            "-1",
            "1_000",
            "0x1F",
            "0o17",
            "0b11",
            "1e3",
            "1.",
            ".5",
            "-.inf",
            ".nan",
            ".NaN",
            "1e400",
            "18446744073709551615",
            "18446744073709551616",
            "12:30:45",
            "2026-01-05T12:00:00Z",
            "2026-01-05",
            "BTC-USD",
            "---",
            "...",
            "$",
            "a b",
            "1 000",
            "10%",
            "<<",
            "=",
            "-5.25",
            "9".repeat(50).as_str(),
        ] {
            let expected = match in_place(text) {
                Some(Value::Null) => Meaning::Null,
                Some(Value::Bool(value)) => Meaning::Bool(value),
                Some(Value::Number(number)) => match number.as_i64().map(i128::from) {
                    Some(whole) => Meaning::Whole(whole),
                    None => match number.as_u64() {
                        Some(whole) => Meaning::Whole(whole.into()),
                        None => Meaning::Float(number.as_f64().unwrap()),
                    },
                },
                Some(_) | None => Meaning::Text,
            };
            let found = Scalar::new(text.to_owned(), false).meaning;
            let nan = |meaning| matches!(meaning, Meaning::Float(value) if value.is_nan());
            assert!(found == expected || (nan(found) && nan(expected)), "{text}: {found:?}");
        }
    }
}
