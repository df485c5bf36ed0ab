//! Facts that survive, and a backup of them: `cargo run -p store --example journal`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{AccountId, Fact, Latch, Mode, PolicyHash, RunKind, Timestamp};
use store::{Present, Records, Scope, Store};

fn main() -> Result<(), Box<dyn Error>> {
    let data = tempfile::tempdir()?;
    let account = AccountId("example".to_owned());
    let scope = Scope { mode: Mode::Paper, venue: "simulated".to_owned(), account };
    let mut store = Store::open(data.path(), &scope)?;
    let at: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let policy = PolicyHash("ab12".to_owned());
    store.append(&Fact::Boot { at, mode: Mode::Paper, policy, run: RunKind::Loop })?;
    let reason = "an operator's word".to_owned();
    let number = store.append(&Fact::Latched { at, latch: Latch::Kill, reason })?;
    println!("fact {number} is on disk");
    if let Err(why) = Store::open(data.path(), &scope) {
        println!("a second writer: {why}");
    }
    let records = Records::read(data.path(), &scope)?;
    println!("a reader sees {} facts", records.facts()?.len());
    let copy = data.path().join("copy.db");
    println!("the copy has {}", store::backup(data.path(), &scope, &copy)?.last_fact);
    drop(store);
    let restored = store::restore(data.path(), &scope, &copy, Present::SetAside)?;
    println!("restored with {}", restored.last_fact);
    Ok(())
}
