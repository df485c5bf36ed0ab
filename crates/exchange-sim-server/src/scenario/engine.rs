//! Decides which rule of a scenario fires.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::rules::{Fault, On, Rule, Scenario, When};

/// What a rule is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment<'a> {
    /// A request, with its path below the API's prefix.
    Request { method: &'a str, path: &'a str, query: &'a str },
    /// A message about to be sent.
    Message { channel: &'a str, event: &'a str },
    /// A subscription.
    Subscribe { channel: &'a str },
}

/// A scenario at work: it counts what it saw.
#[derive(Debug, Default)]
pub(crate) struct Engine(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    /// Matches so far, aligned with the rules.
    seen: Vec<u64>,
    /// Which rules that happen by themselves have happened.
    done: Vec<bool>,
}

impl Engine {
    pub(crate) fn new(scenario: Option<Scenario>) -> Self {
        let engine = Self::default();
        engine.change(scenario);
        engine
    }

    /// Another scenario from now on, which has seen nothing yet; `None` heals.
    pub(crate) fn change(&self, scenario: Option<Scenario>) {
        let rules = scenario.map(|s| s.rules).unwrap_or_default();
        let (seen, done) = (vec![0; rules.len()], vec![false; rules.len()]);
        *self.lock() = State { rules, seen, done };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault that hits this moment, `secs` venue seconds after the start. Every rule that
    /// matches counts it, and the first that fires decides.
    pub(crate) fn fault(&self, moment: Moment<'_>, secs: i64) -> Option<Fault> {
        let mut state = self.lock();
        let State { rules, seen, .. } = &mut *state;
        let mut hit = None;
        for (rule, seen) in rules.iter().zip(seen) {
            if !applies(&rule.fault, moment) || !matches(&rule.on, moment) {
                continue;
            }
            if rule.when.after_secs.is_some_and(|after| secs < after) {
                continue;
            }
            *seen += 1;
            if hit.is_none() && fires(&rule.when, *seen) {
                hit = Some(rule.fault.clone());
            }
        }
        hit
    }

    /// What happens by itself and has not yet, by `secs` venue seconds after the start: each with
    /// its own time in such seconds, in order.
    pub(crate) fn due(&self, secs: i64) -> Vec<(i64, Fault)> {
        let mut state = self.lock();
        let State { rules, done, .. } = &mut *state;
        let mut due = Vec::new();
        for (rule, done) in rules.iter().zip(done) {
            let at = rule.when.after_secs.unwrap_or(0);
            if !*done && by_itself(&rule.fault) && secs >= at {
                *done = true;
                due.push((at, rule.fault.clone()));
            }
        }
        due.sort_by_key(|(at, _)| *at);
        due
    }

    /// How young an order must be to be hidden, if it is.
    pub(crate) fn listing_lag(&self) -> Option<i64> {
        self.lock().rules.iter().find_map(|rule| {
            if let Fault::ListingLag { secs } = rule.fault { Some(secs) } else { None }
        })
    }
}

const fn by_itself(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::ProductState { .. }
            | Fault::ClockSkew { .. }
            | Fault::ForeignOrder { .. }
            | Fault::Fees { .. }
    )
}

/// Whether a fault can happen to such a moment at all.
const fn applies(fault: &Fault, moment: Moment<'_>) -> bool {
    match fault {
        Fault::Change { .. } | Fault::Pad { .. } => !matches!(moment, Moment::Subscribe { .. }),
        Fault::ReplyLost
        | Fault::CloseAt { .. }
        | Fault::StatusBefore { .. }
        | Fault::StatusAfter { .. }
        | Fault::Reject { .. }
        | Fault::RateLimited
        | Fault::Unauthorized
        | Fault::Slow { .. }
        | Fault::Truncate { .. }
        | Fault::PartialPage { .. } => matches!(moment, Moment::Request { .. }),
        Fault::Duplicate
        | Fault::Reorder
        | Fault::Gap
        | Fault::Withhold
        | Fault::Silent
        | Fault::Disconnect => matches!(moment, Moment::Message { .. }),
        Fault::Refuse { .. } => matches!(moment, Moment::Subscribe { .. }),
        Fault::ListingLag { .. }
        | Fault::ProductState { .. }
        | Fault::ClockSkew { .. }
        | Fault::ForeignOrder { .. }
        | Fault::Fees { .. } => false,
    }
}

fn matches(on: &On, moment: Moment<'_>) -> bool {
    let is = |wanted: &Option<String>, got: &str| wanted.as_deref().is_none_or(|w| w == got);
    match moment {
        Moment::Request { method, path, query } => {
            on.channel.is_none()
                && on.event.is_none()
                && is(&on.method, method)
                && on.path.as_deref().is_none_or(|pattern| path_matches(pattern, path))
                && on.query.as_deref().is_none_or(|text| query.contains(text))
        }
        Moment::Message { channel, event } => {
            on.method.is_none()
                && on.path.is_none()
                && is(&on.channel, channel)
                && is(&on.event, event)
        }
        Moment::Subscribe { channel } => on.path.is_none() && is(&on.channel, channel),
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut got) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), got.next()) {
            (None, None) => return true,
            (Some(w), Some(g)) if w == "*" || w == g => {}
            _ => return false,
        }
    }
}

fn fires(when: &When, number: u64) -> bool {
    let bounds = when.nth.is_none_or(|nth| number == nth)
        && when.from.is_none_or(|from| number >= from)
        && when.to.is_none_or(|to| number <= to);
    bounds && when.probability.is_none_or(|share| draw(when.seed, number) < share)
}

/// A number in [0, 1) for the n-th match of a seed (`SplitMix64`).
fn draw(seed: u64, number: u64) -> f64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(when: &str) -> Engine {
        let text = format!(
            "{{name: t, about: t., rules: [{{on: {{method: POST, path: /orders/*}}, when: {when}, \
             fault: {{kind: reply_lost}}}}]}}"
        );
        Engine::new(Some(serde_yaml::from_str(&text).unwrap()))
    }

    fn hits(engine: &Engine, path: &str, count: usize) -> Vec<usize> {
        let request = Moment::Request { method: "POST", path, query: "" };
        (1..=count).filter(|_| engine.fault(request, 0).is_some()).collect()
    }

    #[test]
    fn rules_count_their_own_matches() {
        let cases =
            [("{nth: 2}", vec![2]), ("{from: 2, to: 3}", vec![2, 3]), ("{}", vec![1, 2, 3, 4])];
        for (when, expected) in cases {
            let engine = engine(when);
            assert!(hits(&engine, "/orders", 3).is_empty(), "another path is not counted");
            let request = Moment::Request { method: "POST", path: "/orders/edit", query: "" };
            let hit: Vec<usize> = (1..=4).filter(|_| engine.fault(request, 0).is_some()).collect();
            assert_eq!(hit.len(), expected.len(), "{when}");
        }
    }

    #[test]
    fn a_share_of_matches_is_hit_and_the_same_ones_every_time() {
        let share = || hits(&engine("{probability: 0.25, seed: 7}"), "/orders/x", 1000);
        let hit = share();
        assert_eq!(hit, share());
        assert!((200..300).contains(&hit.len()), "{}", hit.len());
    }
}
