//! Kept connections that the server closes: a library may send a request again that it could not
//! write. An order post never goes over one of them.

use std::sync::{Arc, Mutex};

use exchange_coinbase::Address;
use exchange_coinbase::rest::{Lane, PlaceOutcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::corpus::told;
use crate::placing::{ACCEPTED, client, order};
use crate::server::run;

const TIME: &str = r#"{"iso":"2026-03-01T12:00:00Z","epochMillis":"1772366400000"}"#;

/// What a server does with a connection on which it has answered a read.
#[derive(Debug, Clone, Copy)]
enum Then {
    /// It closes it at once, while the client keeps it for the next request.
    Closes,
    /// It takes the next request, whatever it is, and closes instead of answering.
    TakesOneMore,
}

/// Each request: the number of its connection, and its method.
type Seen = Arc<Mutex<Vec<(usize, String)>>>;

/// Reads one request without a body, or an order post; `None` when the client has closed.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        text.push_str(&String::from_utf8_lossy(&buffer[..n]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
        });
        if body.len() >= length.unwrap_or(0) {
            return text.split(' ').next().map(str::to_owned);
        }
    }
}

/// Says that the connection may be kept.
async fn keep(stream: &mut TcpStream, body: &str) {
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    drop(stream.write_all(reply.as_bytes()).await);
}

async fn serve(then: Then, answers_orders: bool) -> (Address, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut connections = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let (number, log) = (connections, Arc::clone(&log));
            connections += 1;
            tokio::spawn(async move {
                while let Some(method) = request(&mut stream).await {
                    let first = {
                        let mut log = log.lock().unwrap();
                        log.push((number, method.clone()));
                        log.iter().filter(|(of, _)| *of == number).count() == 1
                    };
                    match (method.as_str(), then) {
                        ("GET", Then::Closes) => {
                            keep(&mut stream, TIME).await;
                            break;
                        }
                        ("GET", Then::TakesOneMore) if first => keep(&mut stream, TIME).await,
                        ("POST", _) if answers_orders => keep(&mut stream, ACCEPTED).await,
                        _ => break,
                    }
                }
                drop(stream.shutdown().await);
            });
        }
    });
    (Address::rest(&format!("http://127.0.0.1:{port}")).unwrap(), seen)
}

/// The connections on which posts came, and those on which reads came.
fn by_method(seen: &Seen) -> (Vec<usize>, Vec<usize>) {
    let seen = seen.lock().unwrap();
    let of = |method: &str| seen.iter().filter(|(_, m)| m == method).map(|(n, _)| *n).collect();
    (of("POST"), of("GET"))
}

#[test]
fn an_order_goes_once_and_over_a_connection_that_nothing_else_used() {
    for then in [Then::Closes, Then::TakesOneMore] {
        run(async {
            let (address, seen) = serve(then, true).await;
            let client = client(address);
            for orders in 1..=20 {
                // A kept connection, which the server closes or is about to.
                client.server_time().await.unwrap();
                assert_eq!(told(&client.place(&order(), Lane::Entry).await), "accepted");
                let (posts, reads) = by_method(&seen);
                assert_eq!(posts.len(), orders, "{then:?}: one post an order: {posts:?}");
                assert!(
                    posts.iter().all(|on| !reads.contains(on)),
                    "{then:?}: {posts:?} {reads:?}"
                );
            }
            let (mut posts, _) = by_method(&seen);
            posts.dedup();
            assert_eq!(posts.len(), 20, "{then:?}: and no order shares one with another");
        });
    }
}

#[test]
fn an_order_on_which_the_server_hangs_up_is_not_sent_again_and_unknown() {
    for then in [Then::Closes, Then::TakesOneMore] {
        run(async {
            let (address, seen) = serve(then, false).await;
            let client = client(address);
            for orders in 1..=20 {
                client.server_time().await.unwrap();
                let outcome = client.place(&order(), Lane::Exit).await;
                assert!(matches!(outcome, PlaceOutcome::Unknown(_)), "{then:?}: {outcome:?}");
                assert_eq!(by_method(&seen).0.len(), orders, "{then:?}");
            }
        });
    }
}
