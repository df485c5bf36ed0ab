//! What the engine is told once.

use domain::{AccountId, Mode, Usd};
use execution::{ExecutionTerms, Portfolio, Timing};

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
    /// How long what is waited for.
    pub timing: Timing,
    /// What differences between records and venue mean.
    pub custody: Custody,
}

/// Whose portfolio it is, and what may come to it without a word from anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Custody {
    /// Whose orders and coins it may hold.
    pub portfolio: Portfolio,
    /// Gains of a day up to so many dollars are income.
    pub auto_reward: Usd,
}

impl Custody {
    /// What a policy says.
    pub const fn of(policy: &risk::Policy) -> Self {
        let (portfolio, auto_reward) =
            (policy.external.portfolio, policy.flows.auto_reward_usd_per_day);
        Self { portfolio, auto_reward }
    }
}

/// The program's alone, and every gain is to be explained.
impl Default for Custody {
    fn default() -> Self {
        Self { portfolio: Portfolio::Dedicated, auto_reward: Usd::ZERO }
    }
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
