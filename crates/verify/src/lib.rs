//! The independent checker of the facts.
