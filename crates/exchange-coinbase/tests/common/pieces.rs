//! Finds pieces of a secret in whatever was said.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A secret and every text in which a piece of it could be hidden.
pub(crate) struct Canary {
    pieces: Vec<Vec<u8>>,
}

impl Canary {
    /// Sixteen bytes of it are a piece, in every spelling that comes to mind.
    pub(crate) fn of(secrets: &[&[u8]]) -> Self {
        let mut pieces = Vec::new();
        for secret in secrets {
            let hex = secret.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            let escaped =
                secret.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let listed = secret.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            pieces.extend(windows(secret, 16));
            pieces.extend(windows(hex.as_bytes(), 32));
            pieces.extend(windows(hex.to_uppercase().as_bytes(), 32));
            pieces.extend(windows(escaped.as_bytes(), 48));
            pieces.extend(windows(listed.as_bytes(), 60));
            // Base64 says the same differently at each of three offsets.
            for offset in 0..3 {
                for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
                    let text = engine.encode(&secret[offset..]);
                    pieces.extend(windows(text.trim_end_matches('=').as_bytes(), 22));
                }
            }
        }
        pieces.sort();
        pieces.dedup();
        Self { pieces }
    }

    /// The first piece in a text, if there is one.
    pub(crate) fn found_in(&self, text: &[u8]) -> Option<String> {
        let longest = self.pieces.iter().map(Vec::len).max()?;
        let sizes: std::collections::BTreeSet<usize> = self.pieces.iter().map(Vec::len).collect();
        for at in 0..text.len() {
            let rest = &text[at..text.len().min(at + longest)];
            for size in &sizes {
                let Some(window) = rest.get(..*size) else { continue };
                if self.pieces.binary_search_by(|piece| piece.as_slice().cmp(window)).is_ok() {
                    return Some(String::from_utf8_lossy(window).into_owned());
                }
            }
        }
        None
    }
}

fn windows(bytes: &[u8], size: usize) -> impl Iterator<Item = Vec<u8>> {
    bytes.windows(size).map(<[u8]>::to_vec)
}
