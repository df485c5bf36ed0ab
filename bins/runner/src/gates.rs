//! What must be true before a mode may run. All open, or no order endpoint is ever called (C-04).

use std::io::{self, IsTerminal as _};

use config::{Config, Venue};
use domain::{Mode, NumError, Purse, Usd};
use exchange_coinbase::rest::KeyPermissions;

use crate::coinbase::Holder;
use crate::confirm::{self, Given, Stake, confirm};
use crate::{Code, Failure, assemble, feasibility, keys, watch};

/// Refuses a mode whose gates are not all open, naming every shut one.
pub(crate) fn pass(config: &Config) -> Result<(), Failure> {
    let shut = match config.app.mode {
        Mode::DryRun | Mode::Paper => return Ok(()),
        Mode::Live => live(config),
    };
    if shut.is_empty() { Ok(()) } else { Err(refused(config.app.mode, &shut)) }
}

/// The gates of LIVE that are shut, whatever mode the configuration names.
pub(crate) fn live(config: &Config) -> Vec<String> {
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
    if config.app.exchange.venue == Venue::Simulated {
        shut.push("app.yaml: exchange.venue simulated takes no real orders".to_owned());
    }
    if let Some(reason) = watch::killed(&config.app.data_dir) {
        shut.push(format!("the kill switch is on: {reason}"));
    }
    shut
}

/// Refuses LIVE without a key that can trade; one that can transfer was refused before.
pub(crate) fn key(may: Option<&KeyPermissions>) -> Result<(), Failure> {
    let why = match may {
        None => format!(
            "there is no key: name its file in {}, or set {} and {}",
            keys::FILE,
            keys::KEY,
            keys::SECRET
        ),
        Some(may) if !may.can_trade => {
            "this key cannot trade: allow it to, and nothing else".to_owned()
        }
        Some(_) => return Ok(()),
    };
    Err(refused(Mode::Live, &[why]))
}

/// Asks for the operator's word, with balances and limits before them.
pub(crate) fn word(
    config: &Config,
    holder: Option<&Holder>,
    purses: &[Purse],
) -> Result<(), Failure> {
    let holder = holder.ok_or_else(|| refused(Mode::Live, &["there is no key".to_owned()]))?;
    let stake = Stake {
        config_hash: config.hash(),
        host: holder.host.clone(),
        key_name: holder.key_name.clone(),
        portfolio: holder.portfolio.clone(),
        lines: lines(config, purses)?,
    };
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    if stdin.is_terminal() {
        return confirm(&stake, Given::Terminal(&mut stdin.lock()), &mut stderr);
    }
    confirm(&stake, Given::Variable(variable()), &mut stderr)
}

/// Balances, the limits that bound what can be lost, and what they leave to the money that is there.
fn lines(config: &Config, purses: &[Purse]) -> Result<Vec<String>, Failure> {
    let held = purses.iter().filter(|p| !p.available.is_zero() || !p.held.is_zero());
    let mut lines: Vec<_> = held
        .map(|p| format!("{:<12}{} free, {} held", p.asset.as_str(), p.available, p.held))
        .collect();
    let policy = &config.policy;
    lines.push(format!(
        "limits      at most ${} an order, {} % a position, {} % in all; stops at {} % a day, {} % \
         a week, {} % from the peak",
        policy.orders.max_order_usd,
        policy.caps.max_position_pct,
        policy.caps.max_total_pct,
        policy.loss_stops.daily_stop_pct,
        policy.loss_stops.weekly_stop_pct,
        policy.loss_stops.max_drawdown_pct,
    ));
    let number = |error: NumError| Failure::new(Code::Failed, error.to_string());
    let mut money = Usd::ZERO;
    for purse in purses.iter().filter(|purse| purse.asset.is_dollars()) {
        let total = purse.available.plus(purse.held).map_err(number)?;
        money = money.plus(total.usd_at_par()).map_err(number)?;
    }
    let limits = assemble::limits(config)?;
    let tiers = feasibility::in_every_regime(config, &limits, money).map_err(number)?;
    lines.push(format!("tiers       of ${money}: {tiers}"));
    Ok(lines)
}

#[expect(clippy::disallowed_methods, reason = "the operator's word, where nobody can type")]
fn variable() -> Option<String> {
    std::env::var(confirm::VARIABLE).ok()
}

fn refused(mode: Mode, why: &[String]) -> Failure {
    let lines: Vec<_> = why.iter().map(|why| format!("  - {why}")).collect();
    let text = format!("{mode} is refused; no order was or will be sent:\n{}", lines.join("\n"));
    Failure::new(Code::Gate, text)
}
