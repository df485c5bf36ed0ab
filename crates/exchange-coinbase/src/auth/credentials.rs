//! A key that has been read, told apart and proved, ready to sign.

use core::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use super::der::{Pkcs8, ed_from_seed, ed_public_in};
use super::legacy::{LegacyKey, looks_legacy};
use super::secret::looks_secret;
use super::token::Signer;
use super::{KeyError, SignError, Token, der, file, pem};

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on P-256: tokens with `ES256`.
    Es256,
    /// Ed25519: tokens with `EdDSA`.
    Ed25519,
    /// A legacy key and secret: HMAC-SHA256 headers.
    LegacyHmac,
}

/// How long a token is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// 10 s: a request that creates or changes orders. What arrives later is refused by the venue,
    /// which is what makes "it never arrived" provable (O-06).
    Order,
    /// 120 s, the longest that Coinbase allows.
    Standard,
}

impl Life {
    /// In seconds.
    pub const fn secs(self) -> i64 {
        match self {
            Self::Order => 10,
            Self::Standard => 120,
        }
    }
}

/// The parts of a request that a signature covers.
#[derive(Debug, Clone, Copy)]
pub struct ToSign<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Host, and the port when it is not the usual one.
    pub host: &'a str,
    /// The path, without query.
    pub path: &'a str,
    /// The body, empty when there is none.
    pub body: &'a [u8],
}

/// What goes into the headers of a signed request.
#[derive(Debug)]
pub enum Authorization {
    /// `Authorization: Bearer …`.
    Bearer(Token),
    /// `CB-ACCESS-KEY`, `CB-ACCESS-TIMESTAMP`, `CB-ACCESS-SIGN`.
    Legacy {
        /// The key.
        key: Token,
        /// Seconds since the epoch.
        timestamp: i64,
        /// HMAC in hex.
        signature: Token,
    },
}

enum Signing {
    Cdp(Signer),
    Legacy(LegacyKey),
}

/// A key, ready to sign. Its secret is wiped when it is dropped and has no `Debug`, `Display` or
/// `Serialize`.
pub struct Credentials {
    name: String,
    signing: Signing,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Reads Coinbase's JSON key file, which nobody but its owner may be able to read.
    ///
    /// # Errors
    /// [`KeyError`], one for each way in which the file or the key can be wrong.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        if path.to_str().is_some_and(looks_secret) {
            return Err(KeyError::NotAPath);
        }
        Self::from_json(&file::read(path)?)
    }

    /// Reads the text of Coinbase's JSON key file.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn from_json(text: &str) -> Result<Self, KeyError> {
        let (name, secret) = file::parse(text)?;
        Self::from_text(&name, &secret)
    }

    /// Takes the name and the secret of a CDP key: a PEM (SEC1 or PKCS#8, with real or escaped
    /// newlines), or the base64 of an Ed25519 key.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn from_text(name: &str, secret: &str) -> Result<Self, KeyError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(KeyError::Empty("key's name"));
        }
        if looks_secret(name) {
            return Err(KeyError::SecretAsName);
        }
        if let Some(at) = name.chars().position(|c| !c.is_ascii_graphic()) {
            return Err(KeyError::BadName(at));
        }
        let secret = pem::straighten(secret);
        if secret.is_empty() {
            return Err(KeyError::Empty("secret"));
        }
        let (pkcs8, public) = if pem::looks_like_pem(&secret) {
            let (block, inside) = pem::decode(&secret)?;
            (der::read(block, &inside)?, ed_public_in(&inside))
        } else {
            ed_from_base64(name, &secret)?
        };
        let signer = match pkcs8 {
            Pkcs8::Ec(key) => {
                Signer { algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(&key) }
            }
            Pkcs8::Ed(key) => {
                Signer { algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&key) }
            }
        };
        prove(&signer, public)?;
        Ok(Self { name: name.to_owned(), signing: Signing::Cdp(signer) })
    }

    /// Takes a legacy key and secret, for venues that still accept them.
    ///
    /// # Errors
    /// [`KeyError::Empty`] or [`KeyError::CdpKey`].
    pub fn legacy(key: &str, secret: &str) -> Result<Self, KeyError> {
        let (key, secret) = (key.trim(), secret.trim());
        let legacy = LegacyKey::new(key, secret)?;
        Ok(Self { name: key.to_owned(), signing: Signing::Legacy(legacy) })
    }

    /// How it signs.
    pub fn kind(&self) -> KeyKind {
        match &self.signing {
            Signing::Cdp(signer) if signer.algorithm == Algorithm::ES256 => KeyKind::Es256,
            Signing::Cdp(_) => KeyKind::Ed25519,
            Signing::Legacy(_) => KeyKind::LegacyHmac,
        }
    }

    /// The key's name, which is no secret: it stands in the key list at Coinbase.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A fresh token for one REST request. `host` has the port when it is not the usual one;
    /// `path` has no query.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn jwt_for_rest(
        &self,
        method: &str,
        host: &str,
        path: &str,
        now: Timestamp,
        life: Life,
    ) -> Result<Token, SignError> {
        let uri = format!("{method} {host}{path}");
        self.signer()?.token(&self.name, Some(&uri), now, life)
    }

    /// A fresh token for one WebSocket message.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn jwt_for_ws(&self, now: Timestamp) -> Result<Token, SignError> {
        self.signer()?.token(&self.name, None, now, Life::Standard)
    }

    /// Signs one REST request, in whichever way the key does.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn authorize(
        &self,
        request: ToSign<'_>,
        now: Timestamp,
        life: Life,
    ) -> Result<Authorization, SignError> {
        let ToSign { method, host, path, body } = request;
        match &self.signing {
            Signing::Cdp(_) => {
                self.jwt_for_rest(method, host, path, now, life).map(Authorization::Bearer)
            }
            Signing::Legacy(legacy) => {
                let signature = legacy.sign(now, &[method.as_bytes(), path.as_bytes(), body])?;
                Ok(Authorization::Legacy {
                    key: Token::new(self.name.clone()),
                    timestamp: now.secs(),
                    signature: Token::new(signature),
                })
            }
        }
    }

    /// Signs a WebSocket subscription in the legacy way: channel and products, joined by commas.
    /// `None` when the key is not a legacy one.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn legacy_for_ws(
        &self,
        channel: &str,
        products: &[&str],
        now: Timestamp,
    ) -> Result<Option<Token>, SignError> {
        match &self.signing {
            Signing::Cdp(_) => Ok(None),
            Signing::Legacy(legacy) => {
                let joined = products.join(",");
                let signature = legacy.sign(now, &[channel.as_bytes(), joined.as_bytes()])?;
                Ok(Some(Token::new(signature)))
            }
        }
    }

    fn signer(&self) -> Result<&Signer, SignError> {
        match &self.signing {
            Signing::Cdp(signer) => Ok(signer),
            Signing::Legacy(_) => Err(SignError::LegacyKey),
        }
    }
}

fn ed_from_base64(name: &str, secret: &str) -> Result<(Pkcs8, Option<[u8; 32]>), KeyError> {
    if looks_legacy(name, secret) {
        return Err(KeyError::LegacyKey);
    }
    let mut compact = Zeroizing::new(String::with_capacity(secret.len()));
    compact.extend(secret.chars().filter(|c| !c.is_whitespace()));
    let bytes = STANDARD.decode(compact.as_bytes()).map_err(|_| KeyError::Unrecognised)?;
    let bytes = Zeroizing::new(bytes);
    let wrong = || KeyError::WrongLength(bytes.len());
    let (seed, public) = bytes.split_first_chunk::<32>().ok_or_else(wrong)?;
    match public.len() {
        0 => Ok((ed_from_seed(seed), None)),
        32 => Ok((ed_from_seed(seed), public.try_into().ok())),
        _ => Err(wrong()),
    }
}

/// One signature, verified with the public half that is derived from the private one; and the
/// public half that came along, if any, must be that one.
fn prove(signer: &Signer, public: Option<[u8; 32]>) -> Result<(), KeyError> {
    let failed = KeyError::SelfTest;
    let jwk = Jwk::from_encoding_key(&signer.key, signer.algorithm)
        .map_err(|_| failed("its public half cannot be derived"))?;
    let verifier = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(half) => {
            DecodingKey::from_ec_components(&half.x, &half.y)
        }
        AlgorithmParameters::OctetKeyPair(half) => {
            if public.is_some_and(|given| URL_SAFE_NO_PAD.encode(given) != half.x) {
                return Err(KeyError::MismatchedPublic);
            }
            DecodingKey::from_ed_components(&half.x)
        }
        AlgorithmParameters::RSA(_) | AlgorithmParameters::OctetKey(_) | _ => {
            return Err(failed("it is of another kind than it said"));
        }
    };
    let verifier = verifier.map_err(|_| failed("its public half is not usable"))?;
    let message = b"247trader signing self-test";
    let signature = jsonwebtoken::crypto::sign(message, &signer.key, signer.algorithm)
        .map_err(|_| failed("it does not sign"))?;
    match jsonwebtoken::crypto::verify(&signature, message, &verifier, signer.algorithm) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(failed("the signature is of another key")),
    }
}
