//! From facts to proposals, and from positions to exits.
