//! Reading the four files.

use std::fs;
use std::path::{Path, PathBuf};

use domain::PolicyHash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::hash::{canonical, json};
use crate::{App, ConfigError, Problem};

/// The four files of a configuration directory.
pub const FILES: [&str; 4] = ["app.yaml", "policy.yaml", "universe.yaml", "strategy.yaml"];

/// `strategy.yaml`: how it decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The market's weather.
    pub regime: regime::Params,
    /// Events worth noticing.
    pub triggers: triggers::Params,
    /// From events to proposals.
    pub rules: rules::Params,
    /// From positions to exits.
    pub exits: rules::ExitParams,
}

/// The effective configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How it runs.
    pub app: App,
    /// What it must never do.
    pub policy: risk::Policy,
    /// What it may trade.
    pub universe: universe::Policy,
    /// How it decides.
    pub strategy: Strategy,
}

impl Config {
    /// Reads and checks the four files of a directory.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem of every file.
    pub fn load(directory: &Path) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let [app, policy, universe, strategy] = FILES.map(|name| directory.join(name));
        let parts = (
            read::<App>(&app, &mut problems),
            read::<risk::Policy>(&policy, &mut problems),
            read::<universe::Policy>(&universe, &mut problems),
            read::<Strategy>(&strategy, &mut problems),
        );
        let (Some(app_), Some(policy_), Some(universe_), Some(strategy_)) = parts else {
            return Err(ConfigError(problems));
        };
        let config = Self { app: app_, policy: policy_, universe: universe_, strategy: strategy_ };
        let mut note = |file: &PathBuf, prefix: &str, found: Vec<(String, String)>| {
            problems.extend(found.into_iter().map(|(key, what)| Problem {
                file: file.clone(),
                at: None,
                key: Some(format!("{prefix}{key}")),
                what,
            }));
        };
        note(&app, "", config.app.problems());
        note(&policy, "", config.policy.problems());
        note(&universe, "", config.universe.problems());
        note(&strategy, "regime.", config.strategy.regime.problems());
        note(&strategy, "triggers.", config.strategy.triggers.problems());
        note(&strategy, "rules.", config.strategy.rules.problems());
        note(&strategy, "exits.", config.strategy.exits.problems());
        note(&policy, "", config.cross_problems());
        if problems.is_empty() { Ok(config) } else { Err(ConfigError(problems)) }
    }

    /// SHA-256 of the canonical JSON of all values but paths.
    pub fn hash(&self) -> String {
        let mut app = json(&self.app);
        if let Some(map) = app.as_object_mut() {
            map.remove("data_dir");
        }
        canonical(&serde_json::json!({
            "app": app,
            "policy": json(&self.policy),
            "universe": json(&self.universe),
            "strategy": json(&self.strategy),
        }))
    }

    /// SHA-256 of the canonical JSON of the policy: what approvals are stamped with.
    pub fn policy_hash(&self) -> PolicyHash {
        PolicyHash(canonical(&json(&self.policy)))
    }

    /// What no file can know alone.
    fn cross_problems(&self) -> Vec<(String, String)> {
        let known = &self.universe.clusters;
        let unknown = self.policy.clusters().filter(|name| *name != "OTHER");
        unknown
            .filter(|name| !known.keys().any(|key| key.to_string() == *name))
            .map(|name| {
                let names: Vec<_> = known.keys().map(ToString::to_string).collect();
                let what = format!(
                    "universe.yaml has no cluster of this name; it has {} and OTHER",
                    names.join(", ")
                );
                (format!("clusters.{name}"), what)
            })
            .collect()
    }
}

/// Reads one file; what is wrong with it goes to `problems`.
fn read<T: DeserializeOwned>(file: &Path, problems: &mut Vec<Problem>) -> Option<T> {
    let problem = |at, what| Problem { file: file.to_owned(), at, key: None, what };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            problems.push(problem(None, format!("cannot be read: {error}")));
            return None;
        }
    };
    match serde_yaml::from_str(&text) {
        Ok(value) => Some(value),
        Err(error) => {
            let at = error.location().map(|l| (l.line(), l.column()));
            problems.push(problem(at, error.to_string()));
            None
        }
    }
}
