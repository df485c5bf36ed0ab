//! What must be true before a mode may run. All open, or no order endpoint is ever called (C-04).

use config::{Config, Venue};
use domain::Mode;

use crate::{Code, Failure};

/// Refuses a mode whose gates are not all open, naming every shut one.
pub(crate) fn pass(config: &Config) -> Result<(), Failure> {
    let shut = match config.app.mode {
        Mode::DryRun => return Ok(()),
        Mode::Paper => vec!["this version keeps no simulated account yet: use dry-run".to_owned()],
        Mode::Live => live(config),
    };
    let lines: Vec<_> = shut.iter().map(|why| format!("  - {why}")).collect();
    let message = format!(
        "{} is refused; no order was or will be sent:\n{}",
        config.app.mode,
        lines.join("\n")
    );
    Err(Failure::new(Code::Gate, message))
}

fn live(config: &Config) -> Vec<String> {
    let mut shut = Vec::new();
    if config.app.exchange.read_only {
        shut.push("app.yaml: exchange.read_only is true; LIVE needs false".to_owned());
    }
    if !config.policy.control.live_trading_enabled {
        let why = "policy.yaml: control.live_trading_enabled is false; LIVE needs true";
        shut.push(why.to_owned());
    }
    if !config.strategy.rules.any_acts_in(Mode::Live) {
        let why = "strategy.yaml: no rule has live: true; nothing could ever be proposed";
        shut.push(why.to_owned());
    }
    shut.push(match config.app.exchange.venue {
        Venue::Simulated => "app.yaml: exchange.venue simulated takes no real orders".to_owned(),
        Venue::Coinbase => "this version sends no orders yet: use dry-run".to_owned(),
    });
    shut
}
