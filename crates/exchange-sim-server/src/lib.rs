//! The simulated venue, served on loopback in Coinbase's protocol.
