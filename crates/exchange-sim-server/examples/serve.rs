//! Serves a seeded venue on loopback for a moment and asks it the time. `runner venue serve` is the
//! same with options, until Ctrl-C.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use exchange_sim::Seeded;
use exchange_sim_server::{AccountSpec, Config, KeyKind, Permissions, Server, scenario};
use rust_decimal::Decimal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let account = AccountSpec {
        name: "main".to_owned(),
        funds: vec![("USD".parse()?, Decimal::from(10_000)), ("BTC".parse()?, Decimal::new(5, 1))],
        keys: vec![(KeyKind::Es256, Permissions::TRADER), (KeyKind::Ed25519, Permissions::VIEWER)],
    };
    let config = Config::new(Seeded::new(247)?, vec![account])?;
    let server =
        Server::start(Config { scenario: Some(scenario("slow", None)?), ..config }).await?;
    let host = server.http().ok_or("no port")?.to_string();
    println!("http://{host} and ws://{host}");
    for key in server.keys().iter().flatten() {
        println!("{:?} {}", key.kind, key.name);
    }
    let mut stream = TcpStream::connect(&host).await?;
    let head = "GET /api/v3/brokerage/time HTTP/1.1\r\nconnection: close\r\n";
    stream.write_all(format!("{head}host: {host}\r\n\r\n").as_bytes()).await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    println!("{reply}");
    Ok(())
}
