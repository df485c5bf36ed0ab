//! From a configuration to an engine, and the identities of what it does.

use config::Config;
use domain::{AccountId, CycleId, Timestamp};
use engine::{Custody, Engine, Identity, Settings};
use risk::Limits;
use uuid::Uuid;

use crate::{Code, Failure};

/// Names of 247trader's cycles: a uuid5 of this text in the URL namespace.
const NAMESPACE: &str = "https://github.com/247trader/cycle";

/// An engine that knows its settings and whose account it decides for, and nothing else yet.
pub(crate) fn engine(config: &Config, account: AccountId) -> Result<Engine, Failure> {
    let (settings, identity) = parts(config, account)?;
    Ok(Engine::new(settings, identity))
}

/// What an engine is made of.
pub(crate) fn parts(config: &Config, account: AccountId) -> Result<(Settings, Identity), Failure> {
    let limits = limits(config)?;
    let custody = Custody::of(limits.policy());
    let settings = Settings {
        regime: config.strategy.regime.clone(),
        universe: config.universe.clone(),
        triggers: config.strategy.triggers,
        rules: config.strategy.rules.clone(),
        exits: config.strategy.exits.clone(),
        limits,
        execution: config.app.execution.clone(),
        timing: config.app.orders.timing(&config.app.execution),
        custody,
    };
    let identity = Identity {
        mode: config.app.mode,
        venue: config.app.exchange.venue.as_str().to_owned(),
        account,
        config_hash: config.hash(),
    };
    Ok((settings, identity))
}

/// The policy as limits.
pub(crate) fn limits(config: &Config) -> Result<Limits, Failure> {
    Limits::new(config.policy.clone(), config.policy_hash()).map_err(|found| {
        let lines: Vec<_> =
            found.iter().map(|(key, what)| format!("  policy.yaml: {key}: {what}")).collect();
        Failure::new(Code::Config, format!("the policy cannot be used:\n{}", lines.join("\n")))
    })
}

/// The id of a cycle: of configuration, venue, account, moment and ordinal, and of nothing else.
pub(crate) fn cycle_id(identity: &Identity, as_of: Timestamp, ordinal: u64) -> CycleId {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
    let Identity { config_hash, venue, account, .. } = identity;
    let name = format!("{config_hash}|{venue}|{account}|{as_of}|{ordinal}");
    CycleId(Uuid::new_v5(&namespace, name.as_bytes()))
}
