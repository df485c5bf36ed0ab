//! The market at one moment, as execution and the policy see it.

use serde::{Deserialize, Serialize};

use crate::planted::{Fault, planted};
use crate::{Book, Price, Product, ProductId, Quote, Source, Timestamp};

/// One product's market. Everything that can be missing is an `Option`; absent means unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductMarket {
    /// Increments and status.
    pub product: Product,
    /// Best bid and ask.
    pub quote: Option<Quote>,
    /// The book behind it.
    pub book: Option<Book>,
    /// (ask − bid) / mid in basis points, refreshed with the quote.
    pub spread_bps: Option<f64>,
    /// Value within 20 bps of both touches in quote units, refreshed with the book.
    pub depth_20bps: Option<f64>,
    /// The moment up to which the feed vouches for this book: its last change or the last
    /// envelope of an unbroken connection.
    pub quote_vouched: Option<Timestamp>,
    /// When the book last changed.
    pub book_changed: Option<Timestamp>,
    /// The end of the newest candle interval that the feed has passed.
    pub candles_through: Option<Timestamp>,
    /// Largest absolute move within the last five minutes, percent, as far as the feed tells.
    pub jump_5m_pct: Option<f64>,
    /// The price of the last trade and its time.
    pub last_trade: Option<(Price, Timestamp)>,
}

impl ProductMarket {
    /// A product of which nothing is known yet.
    pub const fn unknown(product: Product) -> Self {
        Self {
            product,
            quote: None,
            book: None,
            spread_bps: None,
            depth_20bps: None,
            quote_vouched: None,
            book_changed: None,
            candles_through: None,
            jump_5m_pct: None,
            last_trade: None,
        }
    }

    /// The quote of the newest book, if that book has no fault: what an entry may be priced by.
    ///
    /// Stops and marks may use [`quote`](Self::quote), which outlives a faulty book.
    pub fn sound_quote(&self) -> Option<Quote> {
        self.quote.filter(|quote| quote.fault().is_none() && self.spread_bps.is_some())
    }

    /// Takes what a book says and forgets the one before: nothing can be ordered here until a book
    /// comes.
    pub fn set_glance(&mut self, glance: Glance, at: Timestamp) {
        let (source, bid_size, ask_size) = (Source::Model, None, None);
        let quote = |(bid, ask)| Quote { bid, bid_size, ask, ask_size, at, source };
        (self.quote, self.book) = (glance.touch.map(quote), None);
        self.spread_bps = Some(glance.spread_bps);
        self.depth_20bps = Some(glance.depth_20bps);
        (self.quote_vouched, self.book_changed) = (Some(at), Some(at));
    }

    /// The glance of its book still holds; `false` where there is none.
    pub const fn vouch(&mut self, at: Timestamp) -> bool {
        let known = self.is_glance();
        if known {
            (self.quote_vouched, self.book_changed) = (Some(at), Some(at));
        }
        known
    }

    /// The same with another book or none, which is not copied first.
    #[must_use]
    pub const fn with_book(&self, book: Option<Book>) -> Self {
        Self {
            product: self.product,
            quote: self.quote,
            book,
            spread_bps: self.spread_bps,
            depth_20bps: self.depth_20bps,
            quote_vouched: self.quote_vouched,
            book_changed: self.book_changed,
            candles_through: self.candles_through,
            jump_5m_pct: self.jump_5m_pct,
            last_trade: self.last_trade,
        }
    }

    /// Whether only a [`Glance`] of its book is known.
    pub const fn is_glance(&self) -> bool {
        self.book.is_none() && self.spread_bps.is_some()
    }

    /// Takes a new book and everything that follows from it.
    ///
    /// A book with a fault is kept for the record, without spread and depth; the last valid quote
    /// and its time stay, because stops and marks go on with it while entries wait for a sound one
    /// (D-02).
    pub fn set_book(&mut self, book: Book, vouched: Timestamp) {
        let sound = book.fault().is_none();
        if sound {
            self.quote = book.quote();
            self.quote_vouched = Some(vouched);
        }
        self.spread_bps = self.quote.filter(|_| sound).map(|quote| quote.spread_bps());
        self.depth_20bps = book.depth_20bps().ok().filter(|_| sound);
        self.book_changed = Some(book.at);
        self.book = Some(book);
    }
}

/// What a modelled book says, without the book: enough to judge a product, and with its touch to value
/// and watch what is held of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glance {
    /// Best bid and ask, exact, where somebody looks at them.
    pub touch: Option<(Price, Price)>,
    /// At least what [`Quote::spread_bps`] is, and on the same side of every ceiling.
    pub spread_bps: f64,
    /// At most what [`Book::depth_20bps`] is, and on the same side of every floor.
    pub depth_20bps: f64,
}

/// All products at one moment, sorted by product id.
#[derive(Debug, Clone, Copy)]
pub struct MarketView<'a> {
    /// The venue's time.
    pub now: Timestamp,
    /// Sorted by product id.
    pub products: &'a [ProductMarket],
}

impl<'a> MarketView<'a> {
    /// One product's market, by binary search.
    pub fn get(&self, product: &ProductId) -> Option<&'a ProductMarket> {
        let at = self.products.binary_search_by(|m| m.product.id.cmp(product)).ok()?;
        self.at(at)
    }

    /// The same for one product after the other: whoever asks in order finds each a step or two
    /// from the last, whose place is kept in `from`.
    #[inline]
    pub fn get_next(&self, product: &ProductId, from: &mut usize) -> Option<&'a ProductMarket> {
        let ahead = self.products.iter().skip(*from).take(3);
        match ahead.map(|m| &m.product.id).position(|id| id == product) {
            Some(steps) => *from += steps,
            None => {
                *from = self.products.binary_search_by(|m| m.product.id.cmp(product)).ok()?;
            }
        }
        self.at(*from)
    }

    /// The market at a place among the products, for one who has looked it up before.
    #[inline]
    pub fn at(&self, place: usize) -> Option<&'a ProductMarket> {
        let place = if planted(Fault::SwappedQuote) { place ^ 1 } else { place };
        self.products.get(place)
    }
}
