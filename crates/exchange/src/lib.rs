//! The ports to a venue, and the proofs that an order must carry to pass them.
