//! The words of what shows, copies and moves the records.

use std::path::PathBuf;

use clap::Args;

use super::given::{Format, ScopeArgs};

/// What to show.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Where to copy to.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    /// The file to make; it must not exist
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What to put in place.
#[derive(Debug, Clone, Args)]
pub(crate) struct RestoreArgs {
    /// A file made by `backup`
    pub(crate) file: PathBuf,
    /// Move records that are in the way into a folder beside them
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// Where to write facts to.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArgs {
    /// The file to make; it must not exist
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// Where to take facts from.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportArgs {
    /// A file made by `export`
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}
