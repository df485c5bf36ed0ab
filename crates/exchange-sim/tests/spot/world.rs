//! A small recorded market and short words for orders in it.

use domain::{Bar, Bars, Gap, Granularity, ProductId, Side, Timestamp};
use exchange_sim::spot::{
    AccountNo, Configuration, Created, Draft, Fields, Kind, Order, OrderId, Profile, Reason,
    Rejection, Terms, Venue,
};
use exchange_sim::{Catalog, Recorded};
use rust_decimal::Decimal;

pub(crate) const START: i64 = 1_700_006_400; // 2023-11-15T00:00:00Z
pub(crate) const DAY: i64 = 86_400;
pub(crate) const BUY: Side = Side::Buy;
pub(crate) const SELL: Side = Side::Sell;

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn sol() -> ProductId {
    "SOL-USD".parse().unwrap()
}

/// Minutes at 100 with volume 50 for a day, then the given bars from `at(DAY)` on.
pub(crate) fn market(then: &[[f64; 5]], gaps: Vec<Gap>) -> Recorded {
    let mut bars = Bars::with_capacity(Granularity::M1, 2000);
    let quiet = (0..DAY / 60).map(|_| [100.0, 100.0, 100.0, 100.0, 50.0]);
    for (minute, [open, high, low, close, volume]) in (0..).zip(quiet.chain(then.iter().copied())) {
        let start = at(minute * 60);
        bars.push(Bar { start, open, high, low, close, volume }).unwrap();
    }
    let series = [(sol(), bars.clone()), ("DOGE-USD".parse().unwrap(), bars)];
    Recorded::new(&Catalog::embedded().unwrap(), series, gaps)
}

/// A venue at the end of the quiet day: the market is at 100, with one account of 10,000 USD and
/// 100 SOL, and one of 5,000 USD and 50 SOL.
pub(crate) fn venue_with(terms: Terms, then: &[[f64; 5]]) -> Venue {
    let mut venue = Venue::new(market(then, Vec::new()), at(DAY), terms).unwrap();
    for (name, dollars, coins) in [("main", "10000", "100"), ("other", "5000", "50")] {
        let mut profile = Profile::with_dollars(name, dollars).unwrap();
        profile.funds.push(("SOL".parse().unwrap(), dec(coins)));
        venue.open_account(profile).unwrap();
    }
    venue
}

pub(crate) fn venue(then: &[[f64; 5]]) -> Venue {
    venue_with(Terms::shipped().unwrap(), then)
}

pub(crate) const MAIN: AccountNo = AccountNo(0);
pub(crate) const OTHER: AccountNo = AccountNo(1);

/// Fields from pairs of key and text.
pub(crate) fn fields(pairs: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (key, text) in pairs {
        let text = (*text).to_owned();
        match *key {
            "base" => fields.base_size = Some(text),
            "quote" => fields.quote_size = Some(text),
            "limit" => fields.limit_price = Some(text),
            "stop" => fields.stop_price = Some(text),
            "trigger" => fields.stop_trigger_price = Some(text),
            "end" => fields.end_time = Some(at(text.parse().unwrap())),
            "start" => fields.start_time = Some(at(text.parse().unwrap())),
            "buckets" => fields.number_buckets = Some(text),
            "bucket_size" => fields.bucket_size = Some(text),
            "duration" => fields.bucket_duration = Some(text),
            "rungs" => fields.num_orders = Some(text.parse().unwrap()),
            "min" => fields.min_price = Some(text),
            "max" => fields.max_price = Some(text),
            "diff" => fields.size_diff = Some(text),
            "ratio" => fields.size_ratio = Some(text),
            "direction" => {
                use exchange_sim::spot::StopDirection::{Down, Up};
                fields.stop_direction = Some(if text == "up" { Up } else { Down });
            }
            "post_only" => fields.post_only = text == "true",
            other => panic!("no field {other}"),
        }
    }
    fields
}

pub(crate) fn draft(client: &str, side: Side, kind: Kind, pairs: &[(&str, &str)]) -> Draft {
    Draft {
        client_order_id: client.to_owned(),
        product_id: "SOL-USD".to_owned(),
        side: Some(side),
        configurations: vec![Configuration { kind, fields: fields(pairs) }],
        attached: None,
    }
}

/// Orders are named one after the other.
pub(crate) fn send(
    venue: &mut Venue,
    no: AccountNo,
    side: Side,
    kind: Kind,
    pairs: &[(&str, &str)],
) -> OrderId {
    let client = format!("client-{}-{}", no.0, venue.orders(no).unwrap().count());
    place(venue, no, draft(&client, side, kind, pairs)).order
}

pub(crate) fn place(venue: &mut Venue, no: AccountNo, draft: Draft) -> Created {
    venue.create(no, draft).unwrap().unwrap()
}

pub(crate) fn refused(venue: &mut Venue, no: AccountNo, draft: Draft) -> Rejection {
    venue.create(no, draft).unwrap().unwrap_err()
}

pub(crate) fn reason(venue: &mut Venue, side: Side, kind: Kind, pairs: &[(&str, &str)]) -> Reason {
    refused(venue, MAIN, draft("refused", side, kind, pairs)).reason
}

pub(crate) fn order(venue: &Venue, id: OrderId) -> &Order {
    venue.order(id).unwrap()
}

/// Free and held, as texts.
pub(crate) fn purse(venue: &Venue, no: AccountNo, asset: &str) -> (String, String) {
    let wallets = venue.account(no).unwrap().wallets().unwrap();
    let wallet = wallets.iter().find(|w| w.purse.asset.as_str() == asset).unwrap();
    (wallet.purse.available.to_string(), wallet.purse.held.to_string())
}
