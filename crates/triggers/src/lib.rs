//! Facts worth noticing, per product, updated candle by candle.
