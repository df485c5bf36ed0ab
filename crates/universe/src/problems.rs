//! What a policy says that cannot be meant.

use core::fmt::Display;
use std::collections::BTreeMap;

use domain::{Asset, ProductId, Tier};

use crate::{ClusterName, Method, PerTier, Policy};

/// Warm-up reaches this many closed hours back, so that no product can have more.
const WARM_UP_HOURS: u32 = 336;

/// Dotted keys and what is wrong with them.
struct Problems(Vec<(String, String)>);

impl Problems {
    fn say(&mut self, key: impl Into<String>, what: impl Into<String>) {
        self.0.push((key.into(), what.into()));
    }

    fn positive(&mut self, key: &str, value: f64) {
        if !value.is_finite() || value <= 0.0 {
            self.say(key, format!("is {value}; give a finite number above 0"));
        }
    }

    fn within(&mut self, key: &str, value: u32, low: u32, high: u32) {
        if !(low..=high).contains(&value) {
            self.say(key, format!("is {value}; give {low} to {high}"));
        }
    }

    /// Each entry once.
    fn once<T: Display + Ord + Copy>(&mut self, key: &str, entries: &[T]) {
        let mut first = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            if let Some(before) = first.insert(*entry, at) {
                let what = format!("{entry} is already at {before}; name it once");
                self.say(format!("{key}[{at}]"), what);
            }
        }
    }
}

impl Policy {
    /// Every key that cannot be right, with what would be.
    ///
    /// ```
    /// use universe::Policy;
    ///
    /// let mut policy = Policy::default();
    /// assert!(policy.problems().is_empty());
    /// policy.depth_floor_usd.t2 = f64::NAN;
    /// assert_eq!(policy.problems()[0].0, "depth_floor_usd.T2");
    /// ```
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Problems(Vec::new());
        self.check_tiers(&mut found);
        self.check_factors(&mut found);
        self.check_spans(&mut found);
        self.check_names(&mut found);
        self.check_symbols(&mut found);
        self.check_clusters(&mut found);
        self.check_words(&mut found);
        found.0
    }

    fn check_tiers(&self, found: &mut Problems) {
        let floors = [
            ("static_volume_floor_usd", &self.static_volume_floor_usd),
            ("dynamic_volume_floor_usd", &self.dynamic_volume_floor_usd),
        ];
        let measures = [
            ("spread_ceiling_bps", &self.spread_ceiling_bps),
            ("depth_floor_usd", &self.depth_floor_usd),
        ];
        for (key, values) in floors.into_iter().chain(measures) {
            for tier in Tier::ALL {
                found.positive(&format!("{key}.{tier}"), *values.get(tier));
            }
        }
        for (key, floor) in floors {
            let mut falls = |upper: Tier, lower: Tier| {
                let (above, below) = (*floor.get(upper), *floor.get(lower));
                if above < below {
                    let what = format!("is {above}, below {lower}'s {below}; give as much or more");
                    found.say(format!("{key}.{upper}"), what);
                }
            };
            falls(Tier::T1, Tier::T2);
            falls(Tier::T2, Tier::T3);
        }
    }

    fn check_factors(&self, found: &mut Problems) {
        let by_regime: [(&str, &PerTier<f64>); 4] = [
            ("bull", &self.regime_factors.bull),
            ("chop", &self.regime_factors.chop),
            ("bear", &self.regime_factors.bear),
            ("crash", &self.regime_factors.crash),
        ];
        for (regime, factors) in by_regime {
            for tier in Tier::ALL {
                let factor = *factors.get(tier);
                if !factor.is_finite() || factor < 0.0 {
                    let key = format!("regime_factors.{regime}.{tier}");
                    let what = format!("is {factor}; give a finite number of 0 or more");
                    found.say(key, what);
                }
            }
        }
    }

    fn check_spans(&self, found: &mut Problems) {
        let by = &self.hysteresis;
        found.within("hysteresis.refresh_minutes", by.refresh_minutes, 1, 1440);
        let (enter, exit) = (by.enter_refreshes, by.exit_refreshes);
        found.within("hysteresis.enter_refreshes", u32::from(enter), 1, 255);
        found.within("hysteresis.exit_refreshes", u32::from(exit), 1, 255);
        let factor = by.exit_factor;
        if !(factor > 0.0 && factor <= 1.0) {
            let what = format!("is {factor}; give a share of the floor above 0 and up to 1");
            found.say("hysteresis.exit_factor", what);
        }
        let hours = self.history_min_hours;
        found.within("history_min_hours", hours, 24, WARM_UP_HOURS);
        found.within("quote_max_age_secs", self.quote_max_age_secs, 1, 3600);
        found.within("candle_max_age_secs", self.candle_max_age_secs, 1, 86_400);
    }

    fn check_names(&self, found: &mut Problems) {
        found.once("quotes", &self.quotes);
        found.once("stablecoins", &self.stablecoins);
        found.once("exclusions", &self.exclusions);
        if self.quotes.is_empty() {
            found.say("quotes", "is empty, so that no product can be traded; name USD");
        } else if !self.quotes.iter().any(|quote| quote.as_str() == "USD") {
            found.say("quotes", "has no USD, which values and limits are counted in; add it");
        }
        for (at, event) in self.events.iter().enumerate() {
            self.check_market(&format!("events[{at}].product"), &event.product, found);
        }
    }

    fn check_symbols(&self, found: &mut Problems) {
        found.once("symbols.T1", &self.symbols.t1);
        found.once("symbols.T2", &self.symbols.t2);
        if self.method == Method::Static && self.symbols.iter().next().is_none() {
            let what = "names no product, and the method is static; name one or use dynamic";
            found.say("symbols", what);
        }
        for (tier, list) in [("T1", &self.symbols.t1), ("T2", &self.symbols.t2)] {
            for (at, product) in list.iter().enumerate() {
                let key = format!("symbols.{tier}[{at}]");
                if tier == "T2" && self.symbols.t1.contains(product) {
                    found.say(&key, format!("{product} is also in symbols.T1; keep one"));
                }
                self.check_market(&key, product, found);
            }
        }
    }

    /// A product that is named to be traded must not be barred elsewhere in the file.
    fn check_market(&self, key: &str, product: &ProductId, found: &mut Problems) {
        let has = |assets: &[Asset], text: &str| assets.iter().any(|a| a.as_str() == text);
        if self.exclusions.contains(product) {
            let what = format!("{product} is also in exclusions; keep one");
            found.say(key, what);
        }
        if has(&self.stablecoins, product.base()) {
            let what = format!("{product} is a market of a stablecoin, which is never traded");
            found.say(key, what);
        }
        if !has(&self.quotes, product.quote()) {
            let what = format!("{product} is paid in none of quotes; add its currency there");
            found.say(key, what);
        }
    }

    fn check_clusters(&self, found: &mut Problems) {
        let mut owner = BTreeMap::new();
        for (name, assets) in &self.clusters {
            let key = format!("clusters.{name}");
            if *name == ClusterName::OTHER {
                found.say(&key, "is what the clusters leave over; choose another name");
            }
            if assets.is_empty() {
                found.say(&key, "names no asset; name one or remove the cluster");
            }
            for (at, asset) in assets.iter().enumerate() {
                if let Some(other) = owner.insert(*asset, *name) {
                    let what = format!("{asset} is already in {other}; keep one");
                    found.say(format!("{key}[{at}]"), what);
                }
            }
        }
    }

    /// Events and flags say where to read about them, and why.
    fn check_words(&self, found: &mut Problems) {
        for (at, event) in self.events.iter().enumerate() {
            if !event.sources.iter().any(|source| !source.trim().is_empty()) {
                let what = format!("{} has no source; give at least one", event.product);
                found.say(format!("events[{at}].sources"), what);
            }
        }
        for (at, flag) in self.flags.iter().enumerate() {
            if flag.reason.trim().is_empty() {
                let what = format!("{} is flagged without a reason; give one", flag.product);
                found.say(format!("flags[{at}].reason"), what);
            }
        }
    }
}
