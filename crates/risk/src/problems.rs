//! What a policy says that cannot be meant.

use rust_decimal::Decimal;

use crate::limits::Problem;
use crate::{Policy, ceilings};

/// A day, for spans that are counted within one.
const DAY_SECS: u32 = 86_400;
const DAY_MINUTES: u32 = 1440;
const HOUR_SECS: u32 = 3600;

struct Problems(Vec<Problem>);

impl Problems {
    fn say(&mut self, key: &str, what: impl Into<String>) {
        self.0.push((key.to_owned(), what.into()));
    }

    fn within(&mut self, key: &str, value: u32, low: u32, high: u32) {
        if value < low && high == u32::MAX {
            self.say(key, format!("is {value}; give at least {low}"));
        } else if !(low..=high).contains(&value) {
            self.say(key, format!("is {value}; give {low} to {high}"));
        }
    }

    fn positive(&mut self, key: &str, value: Decimal) {
        if value <= Decimal::ZERO {
            self.say(key, format!("is {value}; give a number above 0"));
        }
    }

    /// The first may not be above the second.
    fn ordered(&mut self, key: &str, value: Decimal, other: &str, bound: Decimal) {
        if value > bound {
            self.say(key, format!("is {value}, above {other}, which is {bound}"));
        }
    }
}

impl Policy {
    /// Every key that cannot be right, with what would be: ranges, contradictions, and the
    /// compiled [`crate::ceilings`].
    ///
    /// ```
    /// use risk::Policy;
    ///
    /// let mut policy = Policy::default();
    /// assert!(policy.problems().is_empty());
    /// policy.pacing.trades_per_hour = 13;
    /// assert_eq!(policy.problems()[0].0, "pacing.trades_per_hour");
    /// ```
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Problems(ceilings::problems(self));
        self.money(&mut found);
        self.pace(&mut found);
        self.markets(&mut found);
        self.proposals(&mut found);
        self.answers(&mut found);
        found.0
    }

    fn money(&self, found: &mut Problems) {
        let Self { control, loss_stops, caps, orders, flows, .. } = self;
        let reward = flows.auto_reward_usd_per_day.get();
        if reward < Decimal::ZERO {
            found.say("flows.auto_reward_usd_per_day", format!("is {reward}; give 0 or more"));
        }
        if let Some(capital) = control.capital_usd {
            found.positive("control.capital_usd", capital.get());
        }
        let (daily, weekly) = (loss_stops.daily_stop_pct, loss_stops.weekly_stop_pct);
        found.positive("loss_stops.daily_stop_pct", daily.get());
        found.positive("loss_stops.weekly_stop_pct", weekly.get());
        found.positive("loss_stops.max_drawdown_pct", loss_stops.max_drawdown_pct.get());
        let weekly_key = "loss_stops.weekly_stop_pct";
        found.ordered("loss_stops.daily_stop_pct", daily.get(), weekly_key, weekly.get());
        let total = caps.max_total_pct.get();
        found.positive("caps.max_total_pct", total);
        found.positive("caps.max_position_pct", caps.max_position_pct.get());
        let position = caps.max_position_pct.get();
        found.ordered("caps.max_position_pct", position, "caps.max_total_pct", total);
        if !caps.clusters_pct.contains_key("OTHER") {
            found.say("caps.clusters_pct", "has no OTHER; whatever has no cluster needs a cap");
        }
        found.positive("orders.min_order_usd", orders.min_order_usd.get());
        found.positive("orders.max_order_usd", orders.max_order_usd.get());
        let (least, most) = (orders.min_order_usd.get(), orders.max_order_usd.get());
        found.ordered("orders.min_order_usd", least, "orders.max_order_usd", most);
        if orders.quote_preference.is_empty() {
            found.say("orders.quote_preference", "is empty; name a currency to pay with: USD");
        }
        for (at, quote) in orders.quote_preference.iter().enumerate() {
            if orders.quote_preference.iter().take(at).any(|before| before == quote) {
                found.say("orders.quote_preference", format!("names {quote} twice"));
            }
        }
    }

    fn pace(&self, found: &mut Problems) {
        let Self { positions, pacing, .. } = self;
        let day = Decimal::from(pacing.trades_per_day);
        let hour = Decimal::from(pacing.trades_per_hour);
        found.ordered("pacing.trades_per_hour", hour, "pacing.trades_per_day", day);
        for (key, secs) in [
            ("pacing.spacing_secs", pacing.spacing_secs),
            ("pacing.symbol_spacing_secs", pacing.symbol_spacing_secs),
        ] {
            found.within(key, secs, 0, DAY_SECS);
        }
        for (key, minutes) in [
            ("pacing.cooldown_win_minutes", pacing.cooldown_win_minutes),
            ("pacing.cooldown_loss_minutes", pacing.cooldown_loss_minutes),
            ("pacing.cooldown_stop_minutes", pacing.cooldown_stop_minutes),
            ("pacing.loss_pause_minutes", pacing.loss_pause_minutes),
        ] {
            found.within(key, minutes, 0, DAY_MINUTES);
        }
        found.within("pacing.losses_in_a_row", pacing.losses_in_a_row, 1, 100);
        for (key, most) in [
            ("positions.max_open_positions", positions.max_open_positions),
            ("positions.max_new_positions_per_cycle", positions.max_new_positions_per_cycle),
        ] {
            if most == 0 {
                found.say(key, "is 0; give at least 1, and halt to open nothing");
            }
        }
        if positions.max_new_positions_per_cycle > 1 && pacing.spacing_secs > 0 {
            let what = "is above 1, but pacing.spacing_secs keeps the second of a cycle waiting; \
                        give 1, or 0 for the spacing";
            found.say("positions.max_new_positions_per_cycle", what);
        }
    }

    fn markets(&self, found: &mut Problems) {
        let market = &self.market;
        found.within("market.quote_max_age_secs", market.quote_max_age_secs, 1, 60);
        found.within("market.unchanged_book_max_secs", market.unchanged_book_max_secs, 1, 3600);
        found.within("market.candle_max_age_secs", market.candle_max_age_secs, 1, 7200);
        found.within("market.depth_multiple", market.depth_multiple, 1, 1000);
        found.within("market.collar_bps", market.collar_bps, 1, ceilings::COLLAR_BPS);
        found.positive("market.jump_5m_pct", market.jump_5m_pct.get());
    }

    fn answers(&self, found: &mut Problems) {
        let Self { orders, venue, messages, .. } = self;
        found.within("orders.usdc_max_off_bps", orders.usdc_max_off_bps, 1, 300);
        found.within("venue.api_errors", venue.api_errors, 1, 100);
        found.within("venue.api_errors_secs", venue.api_errors_secs, 1, HOUR_SECS);
        found.within("venue.api_pause_secs", venue.api_pause_secs, 0, HOUR_SECS);
        found.within("venue.rate_limit_pause_secs", venue.rate_limit_pause_secs, 0, HOUR_SECS);
        found.within("venue.rejects_secs", venue.rejects_secs, 1, HOUR_SECS);
        found.within("messages.duplicate_secs", messages.duplicate_secs, 0, DAY_SECS);
        found.within("messages.repeated_secs", messages.repeated_secs, 1, HOUR_SECS);
        // The ceilings bound these from above.
        for (key, value, least) in [
            ("venue.clock_skew_secs", venue.clock_skew_secs, 1),
            ("venue.rejects", venue.rejects, 1),
            ("venue.max_unknown_orders", venue.max_unknown_orders, 1),
            ("messages.messages_per_minute", messages.messages_per_minute, 1),
            ("messages.repeated_executions", messages.repeated_executions, 2),
        ] {
            found.within(key, value, least, u32::MAX);
        }
    }

    fn proposals(&self, found: &mut Problems) {
        let entries = &self.entries;
        if !(0.0..=1.0).contains(&entries.min_conviction) {
            let what = format!("is {}; give 0 to 1", entries.min_conviction);
            found.say("entries.min_conviction", what);
        }
        found.positive("entries.stop_min_pct", entries.stop_min_pct.get());
        let (low, high) = (entries.stop_min_pct.get(), entries.stop_max_pct.get());
        found.ordered("entries.stop_min_pct", low, "entries.stop_max_pct", high);
        if high >= Decimal::ONE_HUNDRED {
            found.say("entries.stop_max_pct", format!("is {high}; a stop is below 100"));
        }
        found.positive("entries.target_min_pct", entries.target_min_pct.get());
        let (low, high) = (entries.target_min_pct.get(), entries.target_max_pct.get());
        found.ordered("entries.target_min_pct", low, "entries.target_max_pct", high);
    }
}
