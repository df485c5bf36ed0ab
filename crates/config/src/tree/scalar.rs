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
