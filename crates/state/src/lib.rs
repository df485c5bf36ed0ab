//! What is remembered, as a fold over facts.
