//! Text that must not be seen: wiped when dropped, without `Debug`, `Display` or `Serialize`.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::pem::looks_like_pem;

/// A signed token: whoever holds it can act until it expires. `Debug` shows none of it.
pub struct Token(Zeroizing<String>);

impl Token {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The token itself, for the one place that puts it on the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// Whether a text that is about to be shown is a secret, or a key file, that came to the wrong
/// place: a PEM, JSON, or the base64 of an Ed25519 key.
pub(super) fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let is_ed =
        || STANDARD.decode(text).map(Zeroizing::new).is_ok_and(|key| [32, 64].contains(&key.len()));
    looks_like_pem(text) || text.starts_with('{') || is_ed()
}
