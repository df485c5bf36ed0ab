//! What the venue keeps of a product beside its bars.

use domain::{ProductStatus, Timestamp};

/// The state of one book.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) status: ProductStatus,
    pub(crate) halted_until: Option<Timestamp>,
    pub(crate) watched: bool,
}
