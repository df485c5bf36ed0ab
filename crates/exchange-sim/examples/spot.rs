//! Two accounts trade for an hour in a seeded market, and the venue's log says what happened:
//! `cargo run -p exchange-sim --example spot`.
#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use domain::{ProductId, Side, Timestamp};
use exchange_sim::Seeded;
use exchange_sim::spot::{
    AccountNo, Configuration, Draft, Fields, Kind, Profile, Terms, Venue, What,
};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    let as_of: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let mut venue = Venue::new(Seeded::new(247)?, as_of, Terms::shipped()?)?;
    let sol: ProductId = "SOL-USD".parse()?;
    let buyer = venue.open_account(Profile::with_dollars("buyer", "10000")?)?;
    let seller = venue.open_account(Profile {
        name: "seller".to_owned(),
        funds: vec![("SOL".parse()?, Decimal::from(50))],
        prior_volume: None,
    })?;
    let last = venue.ticker(sol)?.last.ok_or("no trade yet")?.price.get();
    let off = |permille: i64| {
        let price =
            last * (Decimal::ONE_THOUSAND + Decimal::from(permille)) / Decimal::ONE_THOUSAND;
        Some(price.round_dp(2).to_string())
    };
    let size = |text: &str| Some(text.to_owned());
    let orders = [
        (
            buyer,
            Side::Buy,
            Kind::MarketIoc,
            Fields { quote_size: size("250"), ..Fields::default() },
        ),
        (
            buyer,
            Side::Buy,
            Kind::LimitGtc,
            Fields {
                base_size: size("2"),
                limit_price: off(-2),
                post_only: true,
                ..Fields::default()
            },
        ),
        (
            seller,
            Side::Sell,
            Kind::BracketGtc,
            Fields {
                base_size: size("5"),
                limit_price: off(4),
                stop_trigger_price: off(-4),
                ..Fields::default()
            },
        ),
        (
            seller,
            Side::Sell,
            Kind::LimitFok,
            Fields { base_size: size("40"), limit_price: off(3), ..Fields::default() },
        ),
    ];
    for (n, (account, side, kind, fields)) in (1..).zip(orders) {
        send(&mut venue, account, n, side, Configuration { kind, fields })?;
    }
    venue.advance(as_of.plus_secs(3600))?;
    for event in venue.events(0)? {
        tell(event.at, &event.what);
    }
    for account in venue.accounts() {
        println!("{}:", account.name);
        for wallet in account.wallets()? {
            let purse = wallet.purse;
            println!("  {:<4} {} free, {} held", purse.asset, purse.available, purse.held);
        }
    }
    println!("imbalance {}", venue.imbalance());
    Ok(())
}

fn send(
    venue: &mut Venue,
    account: AccountNo,
    n: u32,
    side: Side,
    configuration: Configuration,
) -> Result<(), Box<dyn Error>> {
    let key = configuration.kind.key();
    let draft = Draft {
        client_order_id: format!("order-{n}"),
        product_id: "SOL-USD".to_owned(),
        side: Some(side),
        configurations: vec![configuration],
        attached: None,
    };
    match venue.create(account, draft)? {
        Ok(created) => println!("{key} is {}", created.order),
        Err(refused) => println!("{key} is refused: {} ({refused})", refused.reason.new_order()),
    }
    Ok(())
}

fn tell(at: Timestamp, what: &What) {
    match what {
        What::Order { change, order, .. } => {
            let name = &order.draft.client_order_id;
            println!("{at} {name} {change:?}: {}, {} filled", order.status.as_str(), order.filled);
        }
        What::Fill { fill, .. } => {
            let (base, price, fee) = (fill.base, fill.price, fill.fee);
            println!("{at} {} fills {base} at {price}, fee {fee}", fill.client_order_id);
        }
        What::Trade(_) | What::Book { .. } | What::Product { .. } => {}
    }
}
