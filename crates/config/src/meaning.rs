//! What typed values say that cannot be meant: contradictions, and names that another file lacks.

use domain::{Pct, Usd};
use rust_decimal::Decimal;

use crate::{Config, Kind};

/// A file by its place in [`crate::FILES`].
pub(crate) type File = usize;

/// `app.yaml`.
pub(crate) const APP: File = 0;
/// `policy.yaml`.
pub(crate) const POLICY: File = 1;
/// `universe.yaml`.
pub(crate) const UNIVERSE: File = 2;
/// `strategy.yaml`.
pub(crate) const STRATEGY: File = 3;

/// One finding, not yet located.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What sort.
    pub(crate) kind: Kind,
    /// The file.
    pub(crate) file: File,
    /// The key.
    pub(crate) key: String,
    /// What is wrong. Keys of the same file that it involves are named in it.
    pub(crate) what: String,
    /// A key of another file that it involves.
    pub(crate) other: Option<(File, String)>,
}

/// Everything that the values cannot mean.
pub(crate) fn findings(config: &Config) -> Vec<Finding> {
    let Config { app, policy, universe, strategy } = config;
    let sections = [
        (APP, "", app.problems()),
        (POLICY, "", policy.problems()),
        (UNIVERSE, "", universe.problems()),
        (STRATEGY, "regime.", strategy.regime.problems()),
        (STRATEGY, "triggers.", strategy.triggers.problems()),
        (STRATEGY, "rules.", strategy.rules.problems()),
        (STRATEGY, "exits.", strategy.exits.problems()),
    ];
    let mut found = Vec::new();
    for (file, prefix, problems) in sections {
        found.extend(problems.into_iter().map(|(key, what)| Finding {
            kind: Kind::Contradiction,
            file,
            key: format!("{prefix}{key}"),
            what,
            other: None,
        }));
    }
    unreachable_limits(&config.policy, &mut found);
    clusters(config, &mut found);
    purses(config, &mut found);
    exits_within_bounds(config, &mut found);
    found
}

/// Limits that another limit keeps from ever being reached. `risk` can work with them, since the
/// stricter holds; a person who wrote both meant something else.
fn unreachable_limits(policy: &risk::Policy, found: &mut Vec<Finding>) {
    let risk::Policy { control, loss_stops, positions, orders, pacing, .. } = policy;
    let (day, hour) = ("pacing.attempts_per_day", "pacing.attempts_per_hour");
    let count = |value: u32| Decimal::from(value);
    let mut rows = vec![
        // A week that loses more has drawn down as much before.
        (
            ("loss_stops.weekly_stop_pct", loss_stops.weekly_stop_pct.get()),
            ("loss_stops.max_drawdown_pct", loss_stops.max_drawdown_pct.get()),
        ),
        // Each trade is an attempt first.
        ((hour, count(pacing.attempts_per_hour)), (day, count(pacing.attempts_per_day))),
        (
            ("pacing.trades_per_day", count(pacing.trades_per_day)),
            (day, count(pacing.attempts_per_day)),
        ),
        (
            ("pacing.trades_per_hour", count(pacing.trades_per_hour)),
            (hour, count(pacing.attempts_per_hour)),
        ),
        (
            ("positions.max_new_positions_per_cycle", count(positions.max_new_positions_per_cycle)),
            ("positions.max_open_positions", count(positions.max_open_positions)),
        ),
    ];
    if let Some(capital) = control.capital_usd {
        let least = ("orders.min_order_usd", orders.min_order_usd.get());
        rows.push((least, ("control.capital_usd", capital.get())));
    }
    for ((key, value), (other, most)) in rows {
        if value > most {
            found.push(Finding {
                kind: Kind::Contradiction,
                file: POLICY,
                key: key.to_owned(),
                what: format!("is {value}, above {other}, which is {most}"),
                other: None,
            });
        }
    }
}

/// Each cap is of a cluster that exists, and each cluster has a cap.
fn clusters(config: &Config, found: &mut Vec<Finding>) {
    let known: Vec<_> = config.universe.clusters.keys().map(ToString::to_string).collect();
    for name in config.policy.clusters().filter(|name| *name != "OTHER") {
        if !known.iter().any(|known| known == name) {
            let all = known.join(", ");
            found.push(Finding {
                kind: Kind::Reference,
                file: POLICY,
                key: format!("caps.clusters_pct.{name}"),
                what: format!("universe.yaml has no cluster of this name; it has {all} and OTHER"),
                other: Some((UNIVERSE, "clusters".to_owned())),
            });
        }
    }
    for name in known {
        if name != "OTHER" && !config.policy.clusters().any(|capped| capped == name) {
            found.push(Finding {
                kind: Kind::Reference,
                file: UNIVERSE,
                key: format!("clusters.{name}"),
                what: format!("policy.yaml has no cap for {name}; give it one"),
                other: Some((POLICY, "caps.clusters_pct".to_owned())),
            });
        }
    }
}

/// Money that no market takes, and an account too small for one order.
fn purses(config: &Config, found: &mut Vec<Finding>) {
    let orders = &config.policy.orders;
    for (at, purse) in orders.quote_preference.iter().enumerate() {
        if !config.universe.quotes.contains(purse) {
            found.push(Finding {
                kind: Kind::Reference,
                file: POLICY,
                key: format!("orders.quote_preference[{at}]"),
                what: format!("{purse} is not among the quotes of universe.yaml; add it there"),
                other: Some((UNIVERSE, "quotes".to_owned())),
            });
        }
    }
    let (cash, least): (Usd, Usd) = (config.app.paper.start_cash_usd, orders.min_order_usd);
    if cash < least {
        found.push(Finding {
            kind: Kind::Contradiction,
            file: APP,
            key: "paper.start_cash_usd".to_owned(),
            what: format!("{cash} is below the smallest order, {least}; give more"),
            other: Some((POLICY, "orders.min_order_usd".to_owned())),
        });
    }
}

/// A rule that acts has a stop and a target that the policy lets through.
fn exits_within_bounds(config: &Config, found: &mut Vec<Finding>) {
    let entries = &config.policy.entries;
    let empty = entries.stop_min_pct > entries.stop_max_pct
        || entries.target_min_pct > entries.target_max_pct;
    for (rule, row) in config.strategy.rules.rows() {
        // Bounds that let nothing through are the policy's own problem.
        if empty || (!row.enabled && !row.live) {
            continue;
        }
        let mut bound = |name: &str, value: Pct, least: (Pct, &str), most: (Pct, &str)| {
            let broken = if value < least.0 {
                Some(("below", least))
            } else if value > most.0 {
                Some(("above", most))
            } else {
                None
            };
            if let Some((side, (limit, key))) = broken {
                let what = format!(
                    "{value} is {side} the policy's {limit}, so that every entry of this rule \
                     would be refused"
                );
                found.push(Finding {
                    kind: Kind::Contradiction,
                    file: STRATEGY,
                    key: format!("rules.{}.{name}", rule.as_str()),
                    what,
                    other: Some((POLICY, format!("entries.{key}"))),
                });
            }
        };
        let stop = (entries.stop_min_pct, "stop_min_pct");
        bound("stop_pct", row.stop_pct, stop, (entries.stop_max_pct, "stop_max_pct"));
        let target = (entries.target_min_pct, "target_min_pct");
        bound("target_pct", row.target_pct, target, (entries.target_max_pct, "target_max_pct"));
    }
}
