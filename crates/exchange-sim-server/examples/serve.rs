//! Serves a seeded venue on loopback. With no argument it shows where it is and ends; with
//! `DIR [SCENARIO]` it writes `venue.json`, keys and certificate into the directory, and serves
//! until its standard input closes.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::path::PathBuf;

use exchange_sim::Seeded;
use exchange_sim_server::{AccountSpec, Config, KeyKind, Permissions, Server, scenario};
use rust_decimal::Decimal;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().map(PathBuf::from);
    let named = args.next();
    let mut config = config(dir.clone())?;
    config.scenario = named.map(|name| scenario(&name, None)).transpose()?;
    let server = Server::start(config).await?;
    let address = |at: Option<std::net::SocketAddr>| at.map(|at| at.to_string());
    let keys: Vec<_> = server.keys().iter().flatten().filter_map(|key| key.file.clone()).collect();
    let place = serde_json::json!({
        "http": address(server.http()),
        "tls": address(server.tls()),
        "ca": server.authority_file(),
        "keys": keys,
        "now": server.now(),
    });
    println!("{place:#}");
    let Some(dir) = dir else {
        return Ok(());
    };
    std::fs::write(dir.join("venue.json"), place.to_string())?;
    // The one who started this holds the other end.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await??;
    Ok(())
}

fn config(dir: Option<PathBuf>) -> Result<Config, Box<dyn Error>> {
    let account = AccountSpec {
        name: "main".to_owned(),
        funds: vec![
            ("USD".parse()?, Decimal::from(10_000)),
            ("USDC".parse()?, Decimal::from(2_000)),
            ("BTC".parse()?, Decimal::new(5, 1)),
        ],
        keys: vec![
            (KeyKind::Es256, Permissions::TRADER),
            (KeyKind::Ed25519, Permissions::TRADER),
            (KeyKind::Es256, Permissions::VIEWER),
            (KeyKind::Es256, Permissions::ALL),
        ],
    };
    let config = Config::new(Seeded::new(247)?, vec![account])?;
    Ok(Config { tls_port: Some(0), dir, ..config })
}
