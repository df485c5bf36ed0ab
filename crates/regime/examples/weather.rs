//! What hours of different trend and volatility say on their own.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use domain::Regime;
use regime::Params;

fn main() {
    let params = Params::default();
    let hours = [(2.0, 45.0), (10.0, 45.0), (10.0, 60.0), (-5.0, 45.0), (-10.1, 45.0)];
    for (trend_pct, volatility_pct) in hours {
        let says = params.hour_says(trend_pct, volatility_pct);
        let entries = if matches!(says, Regime::Crash) { "none" } else { "scaled" };
        println!(
            "trend {trend_pct:>6} %, volatility {volatility_pct} %: {says}, entries {entries}"
        );
    }
}
