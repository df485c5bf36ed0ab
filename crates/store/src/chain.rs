//! The hash chain: each fact is bound to all facts before it, and to what was kept with it.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// Hash of the fact before the first.
pub(crate) const GENESIS: Hash = [0; 32];

/// SHA-256 of the previous hash, the body and, behind a zero byte (JSON has none), the digests of
/// what was kept with the fact.
pub(crate) fn link(previous: &Hash, body: &str, attached: Option<&[u8]>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(body.as_bytes());
    if let Some(attached) = attached {
        hasher.update([0]);
        hasher.update(attached);
    }
    hasher.finalize().into()
}

/// SHA-256 of some parts, one after the other.
pub(crate) fn digest(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
        text
    })
}
