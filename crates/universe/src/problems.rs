//! What a policy says that cannot be meant.

use crate::Policy;

impl Policy {
    /// Every key that cannot be right, with what would be.
    pub fn problems(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
