//! What is shipped cannot trade (C-04), and says the same as the types' defaults.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::Path;

use config::Config;
use domain::Mode;

fn shipped() -> Config {
    Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../config")).unwrap()
}

#[test]
fn it_is_a_dry_run_that_may_only_read() {
    let config = shipped();
    assert_eq!(config.app.mode, Mode::DryRun);
    assert!(config.app.exchange.read_only);
    assert!(!config.policy.control.live_trading_enabled);
    assert!(!config.strategy.rules.any_acts_in(Mode::Live));
}

#[test]
fn its_values_are_the_documented_defaults() {
    let config = shipped();
    assert_eq!(config.policy, risk::Policy::default());
    assert_eq!(config.universe, universe::Policy::default());
    assert_eq!(config.strategy.regime, regime::Params::default());
    assert_eq!(config.strategy.triggers, triggers::Params::default());
    assert_eq!(config.strategy.rules, rules::Params::default());
    assert_eq!(config.strategy.exits, rules::ExitParams::default());
}
