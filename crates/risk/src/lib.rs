//! The only place that can say yes.
