//! The life of an order: from an approval to an intent with a price and a size.
