//! A marked key goes through everything, at TRACE: not one 16-byte piece of it may be seen in logs,
//! errors or `Debug`, in any of the spellings in which it could leak.

use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use exchange_coinbase::rest::{Audience, Lane, ProductQuery, RestClient};
use exchange_coinbase::{Credentials, Life};
use tracing_subscriber::fmt::MakeWriter;

use crate::keys::NAME;
use crate::pieces::Canary;
use crate::placing::order;
use crate::server::{Act, Server, run, send};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Sink {
    fn say(&self, words: &dyn core::fmt::Debug) {
        writeln!(self.clone(), "{words:?}").unwrap();
    }
}

/// Does everything with a key: loads it right and wrong, signs, sends, is refused, is cut off.
async fn exercise(sink: &Sink, credentials: Credentials) {
    let now = Timestamp::from_secs(1_772_366_400);
    sink.say(&credentials);
    sink.say(&credentials.jwt_for_ws(now));
    sink.say(&credentials.jwt_for_rest("GET", "h", "/p", now, Life::Standard));
    let server = Server::start(|number, request| match number % 4 {
        // Whatever came is sent back, token and all.
        0 => send(400, "", &format!("you said {request}")),
        1 => send(401, "", "Unauthorized"),
        2 => Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"success\"".to_vec()),
        _ => send(200, "", &serde_json::json!({ "error": request }).to_string()),
    })
    .await;
    let client = RestClient::builder(server.address()).credentials(Arc::new(credentials));
    sink.say(&client);
    let client = client.build().unwrap();
    sink.say(&client);
    for _ in 0..4 {
        sink.say(&client.place(&order(), Lane::Entry).await);
        sink.say(&client.cancel(&["o-1".to_owned()]).await);
        sink.say(&client.accounts().await.map_err(|error| (error.to_string(), error)));
        sink.say(&client.products(Audience::Public, &ProductQuery::default()).await.is_ok());
        sink.say(&client.key_permissions().await);
        sink.say(&client.order("o-1").await);
    }
    assert!(server.seen().len() > 20);
    sink.say(&words_of(|| panic!("{client:?}")));
}

/// What a panic says.
fn words_of(act: impl FnOnce()) -> String {
    let caught = std::panic::catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    caught.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn not_one_piece_of_a_key_is_seen() {
    // Marked keys: their bytes are found again whatever is done to them.
    let scalar: Vec<u8> = (1..=32).map(|n| n * 7).collect();
    let es = p256::SecretKey::from_slice(&scalar).unwrap();
    let pem = es.to_sec1_pem(p256::pkcs8::LineEnding::LF).unwrap().to_string();
    let seed: Vec<u8> = (1..=32).map(|n| n * 5 + 3).collect();
    let ed = STANDARD.encode(&seed);
    let legacy = "CANARYcanary0123456789CANARYzzzz";
    let canary = Canary::of(&[&scalar, pem.as_bytes(), &seed, ed.as_bytes(), legacy.as_bytes()]);

    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(sink.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        // Wrong in every way, with the secret in it.
        for wrong in [
            pem[..pem.len() - 30].to_owned(),
            pem.replace("EC PRIVATE", "PUBLIC"),
            pem.replace("-----END EC", "-----END X"),
            format!("{pem}{pem}"),
            ed[..30].to_owned(),
            format!("!{ed}"),
            pem.replacen('\n', "!", 2),
            pem.replace("-----BEGIN EC PRIVATE KEY-----\n", "-----BEGIN "),
        ] {
            sink.say(&Credentials::from_text(NAME, &wrong));
            sink.say(&words_of(|| panic!("{:?}", Credentials::from_text(NAME, &wrong))));
            sink.say(&Credentials::from_text(&wrong, &wrong));
            let error = Credentials::from_json(&wrong).map(drop);
            sink.say(&error.map_err(|error| (error.to_string(), error)));
            let file = serde_json::json!({ "name": "x", "privateKey": [wrong] }).to_string();
            sink.say(&Credentials::from_json(&file));
            sink.say(&Credentials::from_json(&file[..file.len() - 2]));
        }
        run(async {
            exercise(&sink, Credentials::from_text(NAME, &pem).unwrap()).await;
            exercise(&sink, Credentials::from_text(NAME, &ed).unwrap()).await;
            exercise(&sink, Credentials::legacy("AbCdEfGh12345678", legacy).unwrap()).await;
        });
    });

    let seen = sink.0.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&seen);
    assert!(text.contains("POST /orders"), "the client says what it does:\n{text}");
    assert_eq!(canary.found_in(&seen), None);
    // The scan itself finds what it looks for.
    for leak in [&scalar[8..30], &pem.as_bytes()[50..80], STANDARD.encode(&seed[1..]).as_bytes()] {
        assert!(canary.found_in(&[b"noise ", leak, b" noise"].concat()).is_some());
    }
}
