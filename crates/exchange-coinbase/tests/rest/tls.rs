//! TLS: a certificate that nobody vouches for gets nothing; one that is trusted by name does.

use std::sync::{Arc, Mutex};

use exchange_coinbase::rest::{ErrorKind, Lane, Patience, RestClient};
use exchange_coinbase::{Address, Credentials};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::corpus::told;
use crate::keys::{NAME, key};
use crate::placing::{ACCEPTED, order};
use crate::server::{http, run};

const TIME: &str = r#"{"iso":"2026-03-01T12:00:00Z","epochMillis":"1772366400000"}"#;

/// What connections agreed to speak, in their order.
type Agreed = Arc<Mutex<Vec<String>>>;

/// Serves any number of connections under a certificate for these names, whose PEM it gives.
async fn serve(names: &[&str]) -> (u16, String) {
    let (port, pem, _) = serve_with(names, &[]).await;
    (port, pem)
}

/// The same with protocols to choose from; what each connection agreed on is kept.
async fn serve_with(names: &[&str], protocols: &[&str]) -> (u16, String, Agreed) {
    let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let agreed = Agreed::default();
    let log = Arc::clone(&agreed);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let protocol = stream.get_ref().1.alpn_protocol().unwrap_or(b"none");
                log.lock().unwrap().push(String::from_utf8(protocol.to_vec()).unwrap());
                let mut buffer = [0; 8192];
                let n = stream.read(&mut buffer).await.unwrap_or(0);
                let body = if buffer[..n].starts_with(b"POST") { ACCEPTED } else { TIME };
                drop(stream.write_all(&http(200, "", body)).await);
                drop(stream.shutdown().await);
            });
        }
    });
    (port, made.cert.pem(), agreed)
}

fn client(host: &str, port: u16, trusted: Option<&str>) -> RestClient {
    let address = Address::rest(&format!("https://{host}:{port}")).unwrap();
    let credentials = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    let builder = RestClient::builder(address)
        .credentials(Arc::new(credentials))
        .patience(Patience { attempts: 1, ..Patience::default() });
    let builder = match trusted {
        Some(pem) => builder.trust_pem(pem).unwrap(),
        None => builder,
    };
    builder.build().unwrap()
}

#[test]
fn only_a_trusted_certificate_for_this_host_is_spoken_to() {
    run(async {
        let (port, pem) = serve(&["localhost", "127.0.0.1"]).await;
        for host in ["localhost", "127.0.0.1"] {
            let trusting = client(host, port, Some(&pem));
            trusting.server_time().await.unwrap();
            assert_eq!(told(&trusting.place(&order(), Lane::Entry).await), "accepted");
            let wary = client(host, port, None);
            assert_eq!(wary.server_time().await.unwrap_err().kind(), ErrorKind::Unreachable);
            assert_eq!(told(&wary.place(&order(), Lane::Entry).await), "refused never sent");
        }
        let (port, pem) = serve(&["example.com"]).await;
        let outcome = client("localhost", port, Some(&pem)).place(&order(), Lane::Entry).await;
        assert_eq!(told(&outcome), "refused never sent", "a certificate of another name");
    });
}

#[test]
fn what_is_no_certificate_is_not_trusted() {
    let address = || RestClient::builder(Address::rest("https://localhost:1").unwrap());
    for pem in ["", "hello", &key("p256_public.pem")] {
        assert!(address().trust_pem(pem).is_err(), "{pem:?}");
    }
}

#[test]
fn reads_agree_on_http_2_where_it_is_offered_and_orders_never_do() {
    run(async {
        let (port, pem, agreed) = serve_with(&["localhost"], &["h2", "http/1.1"]).await;
        let client = client("localhost", port, Some(&pem));
        // This server speaks HTTP/1.1 whatever was agreed on: the read fails, and that is no matter.
        drop(client.server_time().await);
        assert_eq!(*agreed.lock().unwrap(), ["h2"]);
        for _ in 0..2 {
            assert_eq!(told(&client.place(&order(), Lane::Entry).await), "accepted");
        }
        let agreed = agreed.lock().unwrap();
        assert_eq!(agreed.len(), 3, "a connection for each order");
        assert!(agreed[1..].iter().all(|protocol| protocol == "http/1.1"), "{agreed:?}");
    });
}
