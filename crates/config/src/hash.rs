//! One hash for what the program will do.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// SHA-256, as lower-case hex, of a value's JSON with sorted keys and no white space.
pub(crate) fn canonical(value: &Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(value.to_string().as_bytes());
    hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
        hex
    })
}

/// A value as JSON. Our types are maps with text keys, so this cannot fail for them; if it ever
/// did, the hash would be that of the error's text and match nothing.
pub(crate) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|e| Value::String(e.to_string()))
}
