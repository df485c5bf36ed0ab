//! Keys that the venue issues, and the files it writes them to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;

use crate::error::ServeError;

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// P-256; the secret is a SEC1 PEM.
    Es256,
    /// Ed25519; the secret is base64 of seed and public key.
    Ed25519,
    /// The scheme that Coinbase retired in 2025: an id and a shared secret, HMAC-SHA256.
    Hmac,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Read.
    pub view: bool,
    /// Place and cancel orders, convert.
    pub trade: bool,
    /// Move funds.
    pub transfer: bool,
}

impl Permissions {
    /// Read and trade, and never move funds: what a trading program should have.
    pub const TRADER: Self = Self { view: true, trade: true, transfer: false };
    /// Read only.
    pub const VIEWER: Self = Self { view: true, trade: false, transfer: false };
    /// Everything.
    pub const ALL: Self = Self { view: true, trade: true, transfer: true };
}

/// A key as its owner gets it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedKey {
    /// Its name, `kid` of a token.
    pub name: String,
    /// What it signs with.
    pub kind: KeyKind,
    /// What it may do.
    pub permissions: Permissions,
    /// The secret in Coinbase's text form.
    pub secret: String,
    /// Where `{"name", "privateKey"}` was written, if a directory was given.
    pub file: Option<PathBuf>,
}

impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedKey")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("permissions", &self.permissions)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// What the venue keeps of a key.
pub(crate) struct KnownKey {
    pub(crate) name: String,
    pub(crate) account: usize,
    pub(crate) permissions: Permissions,
    pub(crate) check: Check,
}

/// How a signature of a key is checked.
pub(crate) enum Check {
    Token { algorithm: Algorithm, key: Box<DecodingKey> },
    Hmac(String),
}

/// All keys by name.
#[derive(Default)]
pub(crate) struct KeyRing(BTreeMap<String, KnownKey>);

impl KeyRing {
    pub(crate) fn get(&self, name: &str) -> Option<&KnownKey> {
        self.0.get(name)
    }

    /// Makes a key for an account; `uuid` names it.
    pub(crate) fn issue(
        &mut self,
        account: usize,
        uuid: uuid::Uuid,
        kind: KeyKind,
        permissions: Permissions,
    ) -> Result<IssuedKey, ServeError> {
        let (name, secret, check) = match kind {
            KeyKind::Es256 => {
                let organisation = uuid::Uuid::new_v5(&uuid, b"organisation");
                let (secret, check) = p256_pair()?;
                (format!("organizations/{organisation}/apiKeys/{uuid}"), secret, check)
            }
            KeyKind::Ed25519 => {
                let (secret, check) = ed25519_pair()?;
                (uuid.to_string(), secret, check)
            }
            KeyKind::Hmac => {
                let plain = uuid.simple().to_string();
                let mut secret = [0_u8; 24];
                getrandom::fill(&mut secret).map_err(|e| ServeError::Key(e.to_string()))?;
                let secret = STANDARD.encode(secret);
                (plain.get(..16).unwrap_or(&plain).to_owned(), secret.clone(), Check::Hmac(secret))
            }
        };
        let known = KnownKey { name: name.clone(), account, permissions, check };
        self.0.insert(name.clone(), known);
        Ok(IssuedKey { name, kind, permissions, secret, file: None })
    }
}

/// Writes `{"name", "privateKey"}` to `file`.
pub(crate) fn write_file(key: &mut IssuedKey, file: &Path) -> Result<(), ServeError> {
    let body = serde_json::json!({ "name": key.name, "privateKey": key.secret });
    let failed = |source| ServeError::File { path: file.to_owned(), source };
    std::fs::write(file, format!("{body:#}\n")).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(file, owner_only).map_err(failed)?;
    }
    key.file = Some(file.to_owned());
    Ok(())
}

fn p256_pair() -> Result<(String, Check), ServeError> {
    let failed = |e: &dyn std::fmt::Display| ServeError::Key(e.to_string());
    let mut scalar = [0_u8; 32];
    // A random number is outside the group's order about once in 2^32: draw again.
    let secret = loop {
        getrandom::fill(&mut scalar).map_err(|e| failed(&e))?;
        if let Ok(secret) = p256::SecretKey::from_slice(&scalar) {
            break secret;
        }
    };
    let pem = secret.to_sec1_pem(p256::pkcs8::LineEnding::LF).map_err(|e| failed(&e))?;
    let point = secret.public_key().to_sec1_point(false);
    let (x, y) = (point.x(), point.y());
    let (Some(x), Some(y)) = (x, y) else {
        return Err(ServeError::Key("a public key without coordinates".to_owned()));
    };
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let key = DecodingKey::from_ec_components(&x, &y).map_err(|e| failed(&e))?;
    Ok((pem.to_string(), Check::Token { algorithm: Algorithm::ES256, key: Box::new(key) }))
}

fn ed25519_pair() -> Result<(String, Check), ServeError> {
    let failed = |e: &dyn std::fmt::Display| ServeError::Key(e.to_string());
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).map_err(|e| failed(&e))?;
    let (der, public) = (pair.serialize_der(), pair.public_key_raw());
    let seed = ed25519_seed(&der).ok_or_else(|| failed(&"an Ed25519 key without a seed"))?;
    let secret = STANDARD.encode([seed, public].concat());
    let key =
        DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(public)).map_err(|e| failed(&e))?;
    Ok((secret, Check::Token { algorithm: Algorithm::EdDSA, key: Box::new(key) }))
}

/// The 32 bytes of a PKCS#8 Ed25519 key (RFC 8410): an octet string within an octet string.
fn ed25519_seed(der: &[u8]) -> Option<&[u8]> {
    const HEAD: [u8; 4] = [0x04, 0x22, 0x04, 0x20];
    let at = der.windows(HEAD.len()).position(|w| w == HEAD)? + HEAD.len();
    der.get(at..at + 32)
}
