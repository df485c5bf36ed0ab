//! Figures against those of empyrical and quantstats on the same days, to a part in a thousand
//! million. `tests/python/reference_metrics.py` made them and compares them with the packages again.

use std::collections::BTreeMap;

use backtest::Point;
use backtest::metrics::{self, Days, Measure};
use domain::Timestamp;
use serde::Deserialize;

const DAY_SECS: i64 = 86_400;

#[derive(Deserialize)]
struct Reference {
    packages: BTreeMap<String, String>,
    year_days: u32,
    series: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    name: String,
    returns: Vec<f64>,
    /// By figure and package; none where the package leaves it undefined.
    figures: BTreeMap<String, BTreeMap<String, Option<f64>>>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../python/reference_metrics.json")).unwrap()
}

/// An account that has these returns, told at the end of each day.
fn account(returns: &[f64]) -> Vec<Point> {
    let mut equity = 10_000.0;
    let mut points = vec![Point { at: Timestamp::from_secs(0), equity, invested: 0.0 }];
    for (day, r) in (1..).zip(returns) {
        equity *= 1.0 + r;
        points.push(Point { at: Timestamp::from_secs(day * DAY_SECS), equity, invested: 0.0 });
    }
    points
}

fn own(series: &Series) -> BTreeMap<&'static str, Measure> {
    let points = account(&series.returns);
    let returns = Days::of(&points).returns();
    assert_eq!(returns.len(), series.returns.len());
    let (cagr, drawdown) = (metrics::cagr(&points), metrics::drawdown(&points));
    let trough = drawdown.trough_at.map(|at| at.secs() as f64 / DAY_SECS as f64);
    BTreeMap::from([
        ("sharpe", metrics::sharpe(&series.returns)),
        ("sortino", metrics::sortino(&series.returns)),
        ("calmar", metrics::calmar(&cagr, &drawdown)),
        ("cagr_pct", cagr),
        ("max_drawdown_pct", Measure::Is(drawdown.pct)),
        ("trough_day", trough.map_or(Measure::Na { na: "no fall" }, Measure::Is)),
        ("total_return_pct", Measure::Is(metrics::compounded_pct(&returns))),
        // A formula over a list of gains and losses is the same, whatever the list is of.
        ("profit_factor", metrics::profit_factor(&series.returns)),
        ("expectancy", metrics::expectancy(&series.returns)),
        ("win_rate_pct", metrics::win_rate(&series.returns)),
        ("probabilistic_sharpe", metrics::probabilistic_sharpe(&series.returns)),
    ])
}

#[test]
fn figures_are_those_of_the_known_packages_where_definitions_agree() {
    let reference = reference();
    assert_eq!(reference.year_days, 365);
    assert!(reference.packages.contains_key("quantstats"), "{:?}", reference.packages);
    let (mut compared, mut undefined) = (0, 0);
    for series in &reference.series {
        let own = own(series);
        for (figure, by) in &series.figures {
            let found = own.get(figure.as_str()).unwrap();
            for (package, expected) in by {
                let place = format!("{figure} of {:?} by {package}", series.name);
                match (found.get(), expected) {
                    (Some(found), Some(expected)) => {
                        let off = (found - expected).abs();
                        assert!(
                            off <= 1e-9 * expected.abs().max(1.0),
                            "{place}: {found} {expected}"
                        );
                        compared += 1;
                    }
                    (None, None) => undefined += 1,
                    (found, expected) => panic!("{place}: {found:?} and {expected:?}"),
                }
            }
        }
    }
    assert!(compared > 150 && undefined > 10, "{compared} compared, {undefined} undefined");
}

/// Where the packages give a number that ours do not, or another one, and why.
#[test]
fn figures_that_differ_differ_for_a_known_reason() {
    // Every day the same: a deviation of 10⁻¹⁹ is an error of rounding, not one of the market.
    let same = [0.001; 12];
    for found in [metrics::sharpe(&same), metrics::probabilistic_sharpe(&same), metrics::sqn(&same)]
    {
        assert!(found.get().is_none(), "{found:?}");
    }
    // A day without a trade is no day that was lost, and none that was won: quantstats leaves it out.
    assert_eq!(metrics::win_rate(&[1.0, 0.0, -1.0, 0.0]), Measure::Is(25.0));
}
