//! The legacy scheme: HMAC-SHA256 over time, method, path and body. Coinbase expired these keys in
//! February 2025; compatible venues still take them.

use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::token::hex;
use super::{KeyError, SignError};

/// A legacy key.
pub(super) struct LegacyKey {
    pub(super) secret: Zeroizing<String>,
}

impl LegacyKey {
    pub(super) fn new(key: &str, secret: &str) -> Result<Self, KeyError> {
        if key.is_empty() {
            return Err(KeyError::Empty("key"));
        }
        if secret.is_empty() {
            return Err(KeyError::Empty("secret"));
        }
        if super::pem::looks_like_pem(secret) || key.contains('/') {
            return Err(KeyError::CdpKey);
        }
        Ok(Self { secret: Zeroizing::new(secret.to_owned()) })
    }

    /// The signature in hex over the concatenation of the parts.
    pub(super) fn sign(&self, now: Timestamp, parts: &[&[u8]]) -> Result<String, SignError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .map_err(|_| SignError::Signer)?;
        mac.update(now.secs().to_string().as_bytes());
        for part in parts {
            mac.update(part);
        }
        Ok(hex(&mac.finalize().into_bytes()))
    }
}

/// Whether a pair has the looks of a legacy key: 16 and 32 letters and digits.
pub(super) fn looks_legacy(key: &str, secret: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    key.len() == 16 && secret.len() == 32 && plain(key) && plain(secret)
}
