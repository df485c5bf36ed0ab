//! The shipped values.

use core::str::FromStr;
use std::collections::BTreeMap;

use crate::{Hysteresis, Lists, Method, PerTier, Policy, RegimeFactors};

const T1: [&str; 3] = ["BTC-USD", "ETH-USD", "SOL-USD"];
const T2: [&str; 11] = [
    "DOGE-USD", "XRP-USD", "ADA-USD", "AVAX-USD", "DOT-USD", "LINK-USD", "UNI-USD", "ATOM-USD",
    "ALGO-USD", "XLM-USD", "HBAR-USD",
];
const STABLECOINS: [&str; 17] = [
    "BUSD", "DAI", "EURC", "FDUSD", "GUSD", "GYEN", "PAX", "PYUSD", "RLUSD", "TUSD", "USD1",
    "USDC", "USDE", "USDP", "USDS", "USDT", "UST",
];
const CLUSTERS: [(&str, &[&str]); 4] = [
    ("LAYER1", &["BTC", "ETH", "SOL", "ADA", "AVAX", "DOT", "ATOM", "ALGO", "HBAR"]),
    ("LAYER2", &["MATIC", "ARB", "OP"]),
    ("MEME", &["DOGE", "SHIB", "PEPE", "BONK"]),
    ("DEFI", &["UNI", "AAVE", "COMP", "LINK"]),
];

const fn per_tier(t1: f64, t2: f64, t3: f64) -> PerTier<f64> {
    PerTier { t1, t2, t3 }
}

/// Constant names as values. A name that cannot be one would be missing from the result; a test
/// counts them.
fn named<T: FromStr>(texts: &[&str]) -> Vec<T> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

impl Default for Policy {
    fn default() -> Self {
        let cluster = |(name, assets): (&str, &[&str])| Some((name.parse().ok()?, named(assets)));
        Self {
            method: Method::Static,
            symbols: Lists { t1: named(&T1), t2: named(&T2) },
            static_volume_floor_usd: per_tier(10e6, 1e6, 1e6),
            dynamic_volume_floor_usd: per_tier(25e6, 2e6, 1e6),
            spread_ceiling_bps: per_tier(20.0, 35.0, 60.0),
            depth_floor_usd: per_tier(100e3, 25e3, 10e3),
            regime_factors: RegimeFactors::default(),
            hysteresis: Hysteresis::default(),
            history_min_hours: 183,
            quote_max_age_secs: 5,
            candle_max_age_secs: 330,
            quotes: named(&["USD", "USDC"]),
            stablecoins: named(&STABLECOINS),
            exclusions: Vec::new(),
            clusters: CLUSTERS.into_iter().filter_map(cluster).collect::<BTreeMap<_, _>>(),
            events: Vec::new(),
            flags: Vec::new(),
        }
    }
}

impl Default for RegimeFactors {
    fn default() -> Self {
        Self {
            bull: per_tier(1.2, 1.2, 0.5),
            chop: per_tier(1.0, 0.8, 0.25),
            bear: per_tier(0.6, 0.5, 0.0),
            crash: per_tier(0.0, 0.0, 0.0),
        }
    }
}

impl Default for Hysteresis {
    fn default() -> Self {
        Self { refresh_minutes: 15, enter_refreshes: 3, exit_refreshes: 3, exit_factor: 0.95 }
    }
}
