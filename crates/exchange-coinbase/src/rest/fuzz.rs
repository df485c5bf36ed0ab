//! One door for whatever a venue could answer: used by the corpus, by the fuzz target and by tests
//! that replay it. Nothing that comes through it may panic.

use super::accounts::{AccountReply, AccountsReply};
use super::convert::TradeReply;
use super::market::CandlesReply;
use super::orders::{CancelReply, FillsReply, OrderReply, OrdersReply, PlaceReply};
use super::payment_methods::{MethodReply, MethodsReply};
use super::portfolios::{BreakdownReply, Nothing, PortfolioReply, PortfoliosReply};
use super::{
    BestBidAsk, EditPreview, EditResult, Expected, KeyPermissions, MarketTrades, MovedFunds,
    PlaceOutcome, Preview, Product, ProductBook, ProductsPage, Reply, RestError, ServerTime,
    TransactionSummary, classify,
};
use crate::wire::Side;

/// A reply without headers.
pub fn reply(status: u16, body: &[u8]) -> Reply {
    Reply { status, body: bytes::Bytes::copy_from_slice(body), ..Reply::default() }
}

/// A way to read a reply.
type Decoder = fn(&Reply, &'static str) -> Result<(), RestError>;

fn plain<T: serde::de::DeserializeOwned>(
    reply: &Reply,
    name: &'static str,
) -> Result<(), RestError> {
    reply.read::<T>(name).map(drop)
}

/// Every endpoint's reader, by a short name.
pub const DECODERS: &[(&str, Decoder)] = &[
    ("accounts", |reply, name| {
        let read: AccountsReply = reply.read(name)?;
        super::page::Next::from_flag(name, read.has_next, read.cursor)?;
        drop(read.accounts);
        Ok(())
    }),
    ("account", |reply, name| reply.read::<AccountReply>(name).map(|read| drop(read.account))),
    ("products", plain::<ProductsPage>),
    ("product", plain::<Product>),
    ("product_book", plain::<ProductBook>),
    ("best_bid_ask", plain::<BestBidAsk>),
    ("candles", |reply, name| reply.read::<CandlesReply>(name)?.ascending(name).map(drop)),
    ("trades", plain::<MarketTrades>),
    ("time", plain::<ServerTime>),
    ("orders", |reply, name| reply.read::<OrdersReply>(name)?.page(name).map(drop)),
    ("order", |reply, name| reply.read::<OrderReply>(name).map(|read| drop(read.order))),
    ("fills", |reply, name| reply.read::<FillsReply>(name)?.page(name).map(drop)),
    ("cancel", |reply, name| {
        reply.read::<CancelReply>(name)?.checked(name, &["o-1".to_owned()]).map(drop)
    }),
    ("edit", plain::<EditResult>),
    ("edit_preview", plain::<EditPreview>),
    ("preview", plain::<Preview>),
    ("transaction_summary", plain::<TransactionSummary>),
    ("portfolios", |reply, name| {
        reply.read::<PortfoliosReply>(name).map(|read| drop(read.portfolios))
    }),
    ("portfolio", |reply, name| {
        reply.read::<PortfolioReply>(name).map(|read| drop(read.portfolio))
    }),
    ("breakdown", |reply, name| {
        reply.read::<BreakdownReply>(name).map(|read| drop(read.breakdown))
    }),
    ("delete_portfolio", plain::<Nothing>),
    ("move_funds", plain::<MovedFunds>),
    ("key_permissions", plain::<KeyPermissions>),
    ("payment_methods", |reply, name| {
        reply.read::<MethodsReply>(name).map(|read| drop(read.payment_methods))
    }),
    ("payment_method", |reply, name| {
        reply.read::<MethodReply>(name).map(|read| drop(read.payment_method))
    }),
    ("convert", |reply, name| reply.read::<TradeReply>(name).map(|read| drop(read.trade))),
    ("place", plain::<PlaceReply>),
];

/// Reads a reply as the endpoint of this name does; nothing when there is no such endpoint.
pub fn decode(name: &str, reply: &Reply) -> Option<Result<(), RestError>> {
    let (name, decoder) = DECODERS.iter().find(|(known, _)| *known == name)?;
    Some(decoder(reply, name))
}

/// What an order post with the client id `c-1`, for a buy of BTC-USD, concludes from a reply.
pub fn outcome(reply: Reply) -> Option<PlaceOutcome> {
    let product_id = "BTC-USD".parse().ok()?;
    let expected = Expected { client_order_id: "c-1", product_id, side: Side::Buy };
    Some(classify(&expected, &Ok(reply)))
}

/// What the fuzzer calls. The first byte chooses a reader, the second a status; the rest is a body.
/// Everything that is accepted must be a success, and no words of an error may grow with the input.
///
/// # Panics
/// When one of these does not hold: that is what the fuzzer looks for.
pub fn rest(data: &[u8]) {
    const STATUSES: [u16; 12] = [200, 201, 204, 302, 400, 401, 403, 404, 408, 429, 500, 503];
    let Some((&[which, status], body)) = data.split_first_chunk::<2>() else { return };
    let status = STATUSES.get(usize::from(status) % STATUSES.len()).copied().unwrap_or(200);
    let reply = reply(status, body);
    if let Some((name, decoder)) = DECODERS.get(usize::from(which) % DECODERS.len()) {
        match decoder(&reply, name) {
            Ok(()) => assert!(reply.is_success(), "a value from status {status}"),
            Err(error) => assert!(error.to_string().len() < 2_000, "an endless error"),
        }
    }
    if let Some(PlaceOutcome::Accepted(placed)) = outcome(reply) {
        assert!(placed.client_order_id == "c-1" && (200..300).contains(&status));
    }
}
