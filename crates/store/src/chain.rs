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

/// The bytes of lower-case hex.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let sound = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let byte = |pair: &[u8; 2]| {
        let digits = core::str::from_utf8(pair).ok().filter(|_| pair.iter().all(sound))?;
        u8::from_str_radix(digits, 16).ok()
    };
    pairs.iter().map(byte).collect()
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
