//! Each way in which a key can be wrong, with what would be right.

use std::path::PathBuf;

/// A key that cannot be used, and what to do about it. No message contains any part of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is not there or cannot be read.
    #[error("the key file {path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// The key itself stands where the name of its file is due. It is not shown.
    #[error(
        "this is the text of a key, not the path of its file: save it as a file that only you can read, and give the file's path"
    )]
    NotAPath,
    /// A directory, a device or a pipe.
    #[error(
        "{path} is no regular file: give the JSON file that Coinbase lets you download with a new key"
    )]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// Others on this machine could read it.
    #[error(
        "the key file {path} has mode {mode:04o}, so others can read it: run `chmod 600` on it"
    )]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// No key file is that large.
    #[error("the key file {path} has {bytes} bytes; a key file has less than {limit}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest that is read.
        limit: u64,
    },
    /// Nothing is in it.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// Not JSON at all.
    #[error(
        "the key file is not JSON (line {line}, column {column}): give the file as Coinbase made it, with `name` and `privateKey`"
    )]
    NotJson {
        /// Where reading stopped.
        line: usize,
        /// Where reading stopped.
        column: usize,
    },
    /// A bare PEM file where JSON is due.
    #[error(
        "the key file is a bare PEM without the key's name: give the JSON file with `name` and `privateKey`"
    )]
    BarePem,
    /// JSON, but no object.
    #[error("the key file is JSON but no object: it must be {{\"name\": …, \"privateKey\": …}}")]
    NotAnObject,
    /// The name is not there.
    #[error(
        "the key file has neither `name` nor `id`: the key's name looks like organizations/…/apiKeys/… or like a UUID"
    )]
    MissingName,
    /// The secret is not there.
    #[error(
        "the key file has no `privateKey`: Coinbase shows it once, when the key is made; make a new key if it is lost"
    )]
    MissingSecret,
    /// A field holds something other than text.
    #[error("`{0}` in the key file is not text")]
    NotText(&'static str),
    /// The secret stands where the name is due. It is not shown.
    #[error(
        "the key's name is a secret: name and secret were swapped, or the secret was given twice; the name looks like organizations/…/apiKeys/… or like a UUID"
    )]
    SecretAsName,
    /// The name has characters that no name has.
    #[error("the key's name has a character that no name has at position {0}: copy the name again")]
    BadName(usize),
    /// A PEM without its end.
    #[error("the PEM begins but has no END line: it was cut off; copy the whole key")]
    TruncatedPem,
    /// The END line is of another block.
    #[error("the PEM begins as {begin} and ends as {end}: two keys were mixed; copy the key again")]
    MixedPem {
        /// Label of the BEGIN line.
        begin: String,
        /// Label of the END line.
        end: String,
    },
    /// The PEM's inside is no base64.
    #[error("the inside of the PEM is not base64: it was changed on the way; copy the key again")]
    DamagedPem,
    /// Protected by a passphrase.
    #[error(
        "the key is encrypted with a passphrase: give the key as Coinbase made it, or remove the passphrase"
    )]
    Encrypted,
    /// The public half.
    #[error("this is a public key: signing needs the private one, `privateKey` in Coinbase's file")]
    PublicKey,
    /// A certificate.
    #[error("this is a certificate, not a key: give `privateKey` from Coinbase's file")]
    Certificate,
    /// Another kind of PEM.
    #[error("a PEM block {0:?} is no key of Coinbase: it is `EC PRIVATE KEY` or `PRIVATE KEY`")]
    WrongPem(String),
    /// Another algorithm.
    #[error("the key is of the kind {0}: Coinbase uses ECDSA on P-256 (ES256) or Ed25519")]
    WrongAlgorithm(&'static str),
    /// Another curve.
    #[error(
        "the key is on the curve {0}: Coinbase's ES256 keys are on P-256 (secp256r1, prime256v1)"
    )]
    WrongCurve(&'static str),
    /// The structure within cannot be read.
    #[error("the inside of the key is damaged: {0}; copy the key again")]
    Damaged(&'static str),
    /// The public half that comes along is of another key.
    #[error(
        "the public half inside the key does not belong to its private half: it was put together wrongly; copy the key again"
    )]
    MismatchedPublic,
    /// Base64 of a length that no key has.
    #[error(
        "the secret decodes to {0} bytes: an Ed25519 secret has 64 (or 32) bytes, an ECDSA secret is a PEM"
    )]
    WrongLength(usize),
    /// A key of the old kind where one of the new kind is due.
    #[error(
        "this is a legacy API key (a short key and a secret, signed with HMAC); Coinbase expired those in February 2025: make a CDP key"
    )]
    LegacyKey,
    /// A CDP key where one of the old kind is due.
    #[error("this is a CDP key, not a legacy HMAC key: load it as a CDP key")]
    CdpKey,
    /// Neither PEM nor base64.
    #[error(
        "the secret is neither a PEM nor base64: give `privateKey` exactly as Coinbase made it"
    )]
    Unrecognised,
    /// It loads, but its signature does not verify.
    #[error("the key loads but its own signature does not verify: {0}")]
    SelfTest(&'static str),
}

/// A request could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The signer refused.
    #[error("the key does not sign any more")]
    Signer,
    /// No random bytes for the nonce.
    #[error("the system gives no random bytes")]
    Random,
    /// Only CDP keys make tokens.
    #[error("a legacy HMAC key makes no tokens")]
    LegacyKey,
}
