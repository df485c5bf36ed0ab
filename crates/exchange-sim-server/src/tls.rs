//! A certificate of our own for loopback, and the authority that clients are told to trust.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::ServeError;

/// What a TLS listener needs, and the authority's certificate as PEM.
pub(crate) struct Identity {
    pub(crate) server: Arc<rustls::ServerConfig>,
    pub(crate) authority_pem: String,
}

/// Makes an authority and a certificate for `localhost` and `127.0.0.1`.
pub(crate) fn identity() -> Result<Identity, ServeError> {
    let failed = |e: &dyn std::fmt::Display| ServeError::Certificate(e.to_string());
    let mut authority = CertificateParams::new(Vec::new()).map_err(|e| failed(&e))?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "247trader simulated venue");
    let authority_key = KeyPair::generate().map_err(|e| failed(&e))?;
    let authority_cert = authority.self_signed(&authority_key).map_err(|e| failed(&e))?;
    let issuer = Issuer::new(authority, authority_key);

    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut own = CertificateParams::new(names).map_err(|e| failed(&e))?;
    own.distinguished_name.push(DnType::CommonName, "localhost");
    own.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(|e| failed(&e))?;
    let cert = own.signed_by(&key, &issuer).map_err(|e| failed(&e))?;

    let chain = vec![cert.der().clone(), authority_cert.der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(&e))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| failed(&e))?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { server: Arc::new(server), authority_pem: authority_cert.pem() })
}

/// Writes the authority's certificate where clients can be pointed at.
pub(crate) fn write_pem(pem: &str, path: &Path) -> Result<(), ServeError> {
    std::fs::write(path, pem).map_err(|source| ServeError::File { path: path.to_owned(), source })
}
