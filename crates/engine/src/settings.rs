//! What the engine is told once.

use domain::{AccountId, Mode};
use execution::ExecutionTerms;

/// The parameters of every stage.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The weather.
    pub regime: regime::Params,
    /// Who may be traded.
    pub universe: universe::Policy,
    /// What is worth noticing.
    pub triggers: triggers::Params,
    /// From events to proposals.
    pub rules: rules::Params,
    /// From positions to exits.
    pub exits: rules::ExitParams,
    /// What is allowed.
    pub limits: risk::Limits,
    /// How orders are sent.
    pub execution: ExecutionTerms,
}

/// Whose decisions these are; stamped on approvals and records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The mode.
    pub mode: Mode,
    /// `simulated` or `coinbase`.
    pub venue: String,
    /// The account.
    pub account: AccountId,
    /// Hash of the effective configuration.
    pub config_hash: String,
}
