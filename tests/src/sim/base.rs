//! The engine that every run begins with: two calm weeks of four products, and a policy under which
//! much happens.

use std::sync::OnceLock;

use domain::{AccountId, Instants, Mode, Pct, PolicyHash, Product, ProductId, Timestamp};
use engine::{Custody, Effects, Engine, Event, Identity, NoProbe, Settings};
use rules::ProtectBy;
use rust_decimal::Decimal;

use super::market::{history, products};
use super::world::START;

/// The policy's name.
pub(crate) fn hash() -> PolicyHash {
    PolicyHash("simulated".to_owned())
}

fn pct(points: i64) -> Pct {
    Pct::new(Decimal::from(points)).unwrap_or(Pct::ZERO)
}

/// Caps that bind, and paces that let much happen.
pub(crate) fn policy() -> risk::Policy {
    let mut policy = risk::Policy::default();
    policy.control.live_trading_enabled = true;
    policy.loss_stops.daily_stop_pct = pct(8);
    policy.loss_stops.weekly_stop_pct = pct(15);
    policy.loss_stops.max_drawdown_pct = pct(25);
    policy.caps.max_total_pct = pct(6);
    let pacing = &mut policy.pacing;
    (pacing.trades_per_day, pacing.trades_per_hour) = (50, 12);
    (pacing.attempts_per_day, pacing.attempts_per_hour) = (200, 60);
    (pacing.spacing_secs, pacing.symbol_spacing_secs) = (0, 0);
    pacing.cooldown_win_minutes = 0;
    pacing.cooldown_loss_minutes = 0;
    pacing.cooldown_stop_minutes = 0;
    pacing.adds_per_asset_and_day = 50;
    (pacing.losses_in_a_row, pacing.loss_pause_minutes) = (50, 1);
    policy.positions.max_new_positions_per_cycle = 3;
    policy.messages.messages_per_minute = 240;
    policy.messages.repeated_executions = 20;
    policy
}

fn settings(products: &[Product], protection: ProtectBy) -> Result<Settings, String> {
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let mut universe = universe::Policy::default();
    universe.symbols.t1 = ids.iter().copied().take(1).collect();
    universe.symbols.t2 = ids.iter().copied().skip(1).collect();
    let mut triggers = triggers::Params::default();
    let all = |value| triggers::PerRegime { bull: value, chop: value, bear: value, crash: value };
    triggers.min_atr_ratio = all(0.0);
    triggers.price_move.min_15m_pct = all(0.1);
    triggers.price_move.min_60m_pct = all(0.1);
    triggers.outlier.max_deviation_pct = 100.0;
    let mut rules = rules::Params { min_score: 0.0, ..rules::Params::default() };
    for row in [&mut rules.price_move, &mut rules.volume_spike, &mut rules.momentum] {
        row.live = true;
        row.min_move_pct = Some(0.0);
        (row.stop_pct, row.target_pct, row.max_hold_hours) = (pct(1), pct(2), 1);
    }
    let regime = regime::Params {
        crash_trend_below_pct: -99.0,
        crash_volatility_above_pct: 100_000.0,
        ..regime::Params::default()
    };
    let limits = risk::Limits::new(policy(), hash()).map_err(|found| format!("{found:?}"))?;
    Ok(Settings {
        regime,
        universe,
        triggers,
        rules,
        exits: rules::ExitParams { protection, ..rules::ExitParams::default() },
        limits,
        execution: execution::ExecutionTerms::default(),
        timing: execution::Timing { take: true, ..execution::Timing::default() },
        custody: Custody::default(),
    })
}

/// The venue's time on all clocks.
pub(crate) const fn instants(at: Timestamp) -> Instants {
    Instants { mono: core::time::Duration::ZERO, wall: at, venue: Some(at) }
}

fn build(protection: ProtectBy) -> Result<Engine, String> {
    let now = Timestamp::from_secs(START);
    let products = products().ok_or("no products")?;
    let identity = Identity {
        mode: Mode::Live,
        venue: "simulated".to_owned(),
        account: AccountId("simulated".to_owned()),
        config_hash: "simulated".to_owned(),
    };
    let mut engine = Engine::new(settings(&products, protection)?, identity);
    let mut effects = Effects::default();
    let mut step = |event| {
        let stepped = engine.step(instants(now), event, &mut NoProbe, &mut effects);
        stepped.map_err(|error| error.to_string())
    };
    step(Event::Catalog { products: products.clone(), unknown: Vec::new() })?;
    let from = now.plus_secs(-340 * 3600);
    step(Event::Gaps { from, to: now, gaps: Vec::new() })?;
    for (at, product) in (0_i64..).zip(&products) {
        let bars = history(at, now).ok_or("no history")?;
        step(Event::History { product: product.id, hours: None, bars: bars.into() })?;
    }
    Ok(engine)
}

/// Who protects the lots of a seed: in one run of five the venue.
pub(crate) const fn protection(seed: u64) -> ProtectBy {
    if seed % 5 == 3 { ProtectBy::Venue } else { ProtectBy::Engine }
}

/// A copy of it.
pub(crate) fn engine(protection: ProtectBy) -> Result<Engine, String> {
    static BASES: [OnceLock<Result<Engine, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let [own, venue] = &BASES;
    let base = match protection {
        ProtectBy::Engine => own,
        ProtectBy::Venue => venue,
    };
    base.get_or_init(|| build(protection)).clone()
}
