//! The hash chain: each fact is bound to all facts before it.

use sha2::{Digest as _, Sha256};

/// Hash of the fact before the first.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 of the previous hash and the body.
pub(crate) fn link(previous: &[u8; 32], body: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(body.as_bytes());
    hasher.finalize().into()
}
