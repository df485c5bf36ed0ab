//! Orders and fills as a venue shows them, before anybody knows whose they are.

use domain::{
    BaseQty, Fill, FillKind, IntentFact, IntentId, Liquidity, OrderReport, Price, ProductId,
    QuoteAmt, Side, Timestamp, VenueStatus,
};

/// An order as a venue shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueOrder {
    /// The venue's id.
    pub venue_order_id: String,
    /// The name its owner gave it.
    pub client_order_id: String,
    /// The product, as the venue writes it: what we did not order need not be a product of ours.
    pub product: String,
    /// Buy or sell.
    pub side: Side,
    /// Where it is in its life.
    pub status: VenueStatus,
    /// Base units asked for; `None` when its size is not in base units.
    pub qty: Option<BaseQty>,
    /// Its limit, if it has one; of a bracket its target.
    pub limit: Option<Price>,
    /// Base units filled in all.
    pub filled: BaseQty,
    /// What those cost on average, without fees; `None` when nothing is filled.
    pub average_price: Option<Price>,
    /// All fees so far, in quote currency, where the venue says.
    pub fees: Option<QuoteAmt>,
    /// When the venue made it.
    pub created: Timestamp,
    /// When it last changed, where the venue says.
    pub updated: Option<Timestamp>,
}

/// A fill as a venue shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueFill {
    /// The venue's id of it: what fills are told apart by.
    pub entry_id: String,
    /// The trade: what a reversal or a correction names.
    pub trade_id: String,
    /// The venue's id of the order.
    pub venue_order_id: String,
    /// The product, as the venue writes it.
    pub product: String,
    /// Buy or sell.
    pub side: Side,
    /// What it does to the books; `None` for a word that nobody knows.
    pub kind: Option<FillKind>,
    /// Base units.
    pub qty: BaseQty,
    /// At which price.
    pub price: Price,
    /// What it cost, in quote currency.
    pub fee: QuoteAmt,
    /// Whether it rested or took, where the venue says.
    pub liquidity: Option<Liquidity>,
    /// When it traded.
    pub at: Timestamp,
}

impl VenueOrder {
    /// The report of it as an own order.
    pub fn report(&self, intent: IntentId, at: Timestamp) -> OrderReport {
        OrderReport {
            at,
            intent,
            venue_order_id: self.venue_order_id.clone(),
            status: self.status,
            filled: self.filled,
            average_price: self.average_price,
            fees: self.fees,
            created: Some(self.created),
            updated: self.updated,
        }
    }

    /// What is otherwise than it was sent, if anything. A size or limit that the venue does not
    /// show differs in nothing.
    pub fn differs_from(&self, sent: &IntentFact) -> Option<&'static str> {
        if !same_book(&self.product, sent.product) {
            return Some("product");
        }
        if self.side != sent.side {
            return Some("side");
        }
        if self.qty.is_some_and(|qty| qty != sent.qty) {
            return Some("size");
        }
        self.limit.is_some_and(|limit| limit != sent.shown_limit()).then_some("limit")
    }
}

impl VenueFill {
    /// The fact of it as a fill of an own order; `None` when nobody knows what it does.
    pub fn fact(&self, sent: &IntentFact) -> Option<Fill> {
        Some(Fill {
            entry_id: self.entry_id.clone(),
            intent: sent.intent,
            at: self.at,
            product: sent.product,
            asset: sent.asset,
            side: sent.side,
            qty: self.qty,
            price: self.price,
            fee: self.fee,
            kind: self.kind?,
            trade_id: Some(self.trade_id.clone()),
            liquidity: self.liquidity,
        })
    }
}

/// Whether the venue's product is the one an order was sent on, or the other name of its book: USD
/// and USDC share one.
pub fn same_book(found: &str, sent: ProductId) -> bool {
    let dollar = |quote: &str| quote == "USD" || quote == "USDC";
    found == sent.as_str()
        || found.rsplit_once('-').is_some_and(|(base, quote)| {
            base == sent.base() && dollar(quote) && dollar(sent.quote())
        })
}
