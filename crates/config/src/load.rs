//! From a directory to a configuration, or to everything that is wrong with it.

use std::path::{Path, PathBuf};

use domain::PolicyHash;

use crate::env::{self, Lookup};
use crate::files::{Read, read_these};
use crate::hash::{canonical, json};
use crate::meaning::{Finding, findings};
use crate::{App, ConfigError, Kind, Problem, Strategy};

/// The four files of a configuration directory.
pub const FILES: [&str; 4] = ["app.yaml", "policy.yaml", "universe.yaml", "strategy.yaml"];

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
    /// Reads and checks the four files of a directory; `${NAME}` is the process's environment.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem of every file.
    pub fn load(directory: &Path) -> Result<Self, ConfigError> {
        Self::load_with(directory, &env::process)
    }

    /// As [`Config::load`], with another environment.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem of every file.
    pub fn load_with(
        directory: &Path,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        Self::read(&FILES.map(|name| directory.join(name)), env)
    }

    /// As [`Config::load`], with another policy than the directory's.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem of every file.
    pub fn load_with_policy(directory: &Path, policy: &Path) -> Result<Self, ConfigError> {
        let paths = FILES.map(|name| match name {
            "policy.yaml" => policy.to_owned(),
            _ => directory.join(name),
        });
        Self::read(&paths, &env::process)
    }

    fn read(paths: &[PathBuf; 4], env: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut files = read_these(paths.clone(), env);
        let meant = located(&files);
        let config = typed(&mut files, env);
        concluded(paths, files, meant, config)
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

    /// SHA-256 of [`Self::policy_text`]: what approvals are stamped with.
    pub fn policy_hash(&self) -> PolicyHash {
        PolicyHash(canonical(&json(&self.policy)))
    }

    /// The canonical JSON of the policy: sorted keys, no white space.
    pub fn policy_text(&self) -> String {
        json(&self.policy).to_string()
    }
}

/// The configuration, when nothing is wrong with it.
fn concluded(
    paths: &[PathBuf; 4],
    files: [Read; 4],
    meant: Vec<Problem>,
    config: Option<Config>,
) -> Result<Config, ConfigError> {
    let mut problems: Vec<_> = files.into_iter().flat_map(|file| file.checked.problems).collect();
    problems.extend(meant);
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(ConfigError(in_order(paths, problems))),
    }
}

/// The configuration of files that have no text of their own: what was judged is what is read, as
/// the test below says of texts.
pub(crate) fn judged(
    paths: &[PathBuf; 4],
    mut files: [Read; 4],
    env: Lookup<'_>,
) -> Result<Config, ConfigError> {
    let meant = located(&files);
    let config = drafted(&files).and_then(|draft| in_environment(&mut files, draft, env));
    concluded(paths, files, meant, config)
}

/// The sound values of all files.
fn drafted(files: &[Read; 4]) -> Option<Config> {
    let [app, policy, universe, strategy] = files;
    Some(Config {
        app: app.draft()?,
        policy: policy.draft()?,
        universe: universe.draft()?,
        strategy: strategy.draft()?,
    })
}

/// The files as types, where all of them are sound.
fn typed(files: &mut [Read; 4], env: Lookup<'_>) -> Option<Config> {
    let [app, policy, universe, strategy] = files;
    let parts = (app.typed(), policy.typed(), universe.typed(), strategy.typed());
    let (Some(app), Some(policy), Some(universe), Some(strategy)) = parts else { return None };
    in_environment(files, Config { app, policy, universe, strategy }, env)
}

/// The configuration with the variables of its paths expanded.
fn in_environment(files: &mut [Read; 4], config: Config, env: Lookup<'_>) -> Option<Config> {
    let [app, ..] = files;
    match config.app.in_environment(env) {
        Ok(app) => Some(Config { app, ..config }),
        Err((key, what)) => {
            app.checked.problems.push(Problem {
                kind: Kind::Env,
                file: app.path.clone(),
                at: app.checked.spots.get(key).map(|spot| (spot.value.line, spot.value.column)),
                key: Some(key.to_owned()),
                what,
            });
            None
        }
    }
}

/// What the sound values cannot mean, at its place. A finding that involves a value which is not
/// what the file says would be about our defaults, and is left out.
fn located(files: &[Read; 4]) -> Vec<Problem> {
    let Some(draft) = drafted(files) else { return Vec::new() };
    findings(&draft).into_iter().filter_map(|finding| locate(finding, files)).collect()
}

fn locate(mut finding: Finding, files: &[Read; 4]) -> Option<Problem> {
    let file = files.get(finding.file)?;
    finding.key = file.counted(&finding.key);
    let spot = file.checked.spots.get(&finding.key);
    // A sentence about two files has its other key apart.
    let here = match finding.other {
        Some(_) => Vec::new(),
        None => file.named_in(&finding.what, &finding.key),
    };
    let mut sound = file.says(&finding.key) && here.iter().all(|key| file.says(key));
    let mut places = Vec::new();
    for key in here {
        if let Some(spot) = file.checked.spots.get(&key) {
            places.push(format!("{key} is on line {}", spot.value.line));
        }
    }
    if let Some((other, key)) = finding.other {
        let other = files.get(other)?;
        sound &= other.says(&key);
        if let Some(spot) = other.checked.spots.get(&key) {
            places.push(format!("{key}: {}:{}", other.path.display(), spot.value.line));
        }
    }
    let more = if places.is_empty() { String::new() } else { format!(" ({})", places.join("; ")) };
    sound.then(|| Problem {
        kind: finding.kind,
        file: file.path.clone(),
        at: Some(spot.map_or((1, 1), |spot| (spot.value.line, spot.value.column))),
        key: Some(finding.key),
        what: format!("{}{more}", finding.what),
    })
}

/// By file, in the order of [`FILES`], then by line.
fn in_order(paths: &[PathBuf; 4], mut problems: Vec<Problem>) -> Vec<Problem> {
    let place = |problem: &Problem| {
        paths.iter().position(|path| *path == problem.file).unwrap_or(paths.len())
    };
    problems.sort_by_key(|problem| (place(problem), problem.at));
    problems.dedup();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sound values, which contradictions are looked for in, and what the text is read as.
    fn both(file: &str, from: &str, to: &str) -> (Option<Config>, Option<Config>) {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in FILES.into_iter().zip(crate::schema::SHIPPED) {
            let text = if name == file { text.replacen(from, to, 1) } else { text.to_owned() };
            std::fs::write(place.path().join(name), text).unwrap();
        }
        let mut files = read_these(FILES.map(|name| place.path().join(name)), &|_| None);
        let draft = drafted(&files);
        (draft, typed(&mut files, &|_| None))
    }

    #[test]
    fn the_values_that_are_judged_are_those_that_are_read() {
        let event = "events:\n  - { product: SUI-USD, kind: airdrop, until: 2026-02-01T00:00:00Z, \
                     sources: ['a', \"b\", c d] }";
        for (file, from, to) in [
            ("app.yaml", "", ""),
            ("app.yaml", "data_dir: data", "data_dir: 'it''s here'"),
            ("app.yaml", "data_dir: data", "data_dir: >-\n  two\n  words"),
            ("app.yaml", "seed: 247", "seed: 18446744073709551615"),
            ("app.yaml", "interval_minutes: 1", "interval_minutes: 0.1"),
            ("policy.yaml", "max_total_pct: 15", "max_total_pct: 14.123456789012"),
            ("policy.yaml", "max_total_pct: 15", "max_total_pct: '14.1234567890123456789'"),
            ("policy.yaml", "capital_usd: null", "capital_usd: ~"),
            ("policy.yaml", "capital_usd: null", "capital_usd: 123.10"),
            ("policy.yaml", "live_trading_enabled: false", "live_trading_enabled: True"),
            ("universe.yaml", "events: []", event),
            ("universe.yaml", "exclusions: []", "exclusions:\n- A-USD\n- 'B-USD'"),
            ("strategy.yaml", "crash_trend_below_pct: -10", "crash_trend_below_pct: -1.05e1"),
            ("strategy.yaml", "min_score: 0.2", "min_score: 0.30000000000000004"),
        ] {
            let (judged, read) = both(file, from, to);
            assert!(judged.is_some(), "{to}");
            assert_eq!(judged, read, "{to}");
        }
    }
}
