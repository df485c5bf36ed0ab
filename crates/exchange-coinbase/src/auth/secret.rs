//! Text that must not be seen: wiped when dropped, without `Debug`, `Display` or `Serialize`.

use core::fmt;

use zeroize::Zeroizing;

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
