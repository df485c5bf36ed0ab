//! Whose records.

use std::path::{Path, PathBuf};

use domain::{AccountId, Mode};

/// Mode, venue and account: records of two scopes never share a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The mode.
    pub mode: Mode,
    /// `simulated` or `coinbase`.
    pub venue: String,
    /// The account.
    pub account: AccountId,
}

impl Scope {
    /// `<data>/<mode>/<venue>/<account>`.
    pub fn directory(&self, data: &Path) -> PathBuf {
        data.join(self.mode.slug()).join(&self.venue).join(&self.account.0)
    }

    /// One line that names it, as stored in the database.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.mode, self.venue, self.account)
    }
}
