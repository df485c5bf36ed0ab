//! How much of the account is in which cluster, at every decision.

use domain::{Asset, BaseQty, Timestamp, Usd};
use engine::Settings;
use rust_decimal::prelude::ToPrimitive as _;

const HOUR_SECS: i64 = 3600;
/// The cluster of whatever no cluster names.
const OTHER: &str = "OTHER";

/// What was held of one cluster, percent of what sizes are a share of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Use {
    /// Σ percent × seconds.
    pub sum: f64,
    /// The most of all decisions.
    pub worst_pct: f64,
    /// When that was first.
    pub worst_at: Option<Timestamp>,
}

/// What was held, by cluster. Percent are of the account, or of `control.capital_usd` where that is
/// less, as those of the caps are.
#[derive(Debug, Clone, Default)]
pub struct Exposed {
    /// The clusters of the configuration, and last the one of all others.
    pub names: Vec<String>,
    /// Of each cluster, in that order.
    pub uses: Vec<Use>,
    /// Of all of them together.
    pub all: Use,
    /// Seconds from the first decision to the last.
    pub secs: i64,
    /// What was held once an hour and at the end, in the order of the names.
    pub hourly: Vec<(Timestamp, Vec<f64>)>,
    /// Which cluster each named asset is in.
    places: Vec<(Asset, usize)>,
    capital: Option<f64>,
    /// What was known of each lot at the last decision.
    lots: Vec<Known>,
    /// What the last decision showed.
    last: Option<Timestamp>,
    now: Vec<f64>,
    is_held: bool,
    next_hour: Option<Timestamp>,
}

/// What stays the same of a lot from decision to decision.
#[derive(Debug, Clone, Copy)]
struct Known {
    asset: Asset,
    qty: BaseQty,
    units: f64,
    place: usize,
}

impl Exposed {
    /// Nothing yet, of the clusters that the configuration names.
    pub(crate) fn of(settings: &Settings) -> Self {
        let named = settings.universe.clusters.iter();
        let mut exposed = Self::default();
        for (name, assets) in named.filter(|(name, _)| name.as_str() != OTHER) {
            let place = exposed.names.len();
            exposed.names.push(name.to_string());
            exposed.places.extend(assets.iter().map(|asset| (*asset, place)));
        }
        exposed.names.push(OTHER.to_owned());
        exposed.uses = vec![Use::default(); exposed.names.len()];
        exposed.now = vec![0.0; exposed.names.len()];
        exposed.capital =
            settings.limits.policy().control.capital_usd.and_then(|usd: Usd| usd.get().to_f64());
        exposed
    }

    /// What is held at a decision, each lot with its bid, on an account of so many dollars.
    pub(crate) fn see(
        &mut self,
        at: Timestamp,
        equity: f64,
        held: impl Iterator<Item = (Asset, BaseQty, f64)>,
    ) {
        self.pass(at);
        if self.is_held {
            self.now.fill(0.0);
            self.is_held = false;
        }
        for (at, (asset, qty, bid)) in held.enumerate() {
            let lot = self.lot(at, asset, qty);
            if let Some(worth) = self.now.get_mut(lot.place) {
                *worth += lot.units * bid;
                self.is_held = true;
            }
        }
        if self.is_held {
            let whole = self.capital.map_or(equity, |capital| capital.min(equity));
            for (one, worth) in self.uses.iter_mut().zip(&mut self.now) {
                // A worth until here.
                *worth *= 100.0 / whole;
                one.reached(*worth, at);
            }
            self.all.reached(self.now.iter().sum(), at);
        }
        if self.next_hour.is_none_or(|next| at >= next) {
            self.next_hour = Some(at.plus_secs(HOUR_SECS));
            self.hourly.push((at, self.now.clone()));
        }
    }

    /// What is known of the lot at a place among all, worked out where it is another one.
    fn lot(&mut self, at: usize, asset: Asset, qty: BaseQty) -> Known {
        match self.lots.get(at) {
            Some(known) if known.qty == qty && known.asset == asset => *known,
            _ => {
                let known = self.places.iter().find(|(named, _)| *named == asset);
                let place = known.map_or(self.names.len().saturating_sub(1), |(_, place)| *place);
                let known = Known { asset, qty, units: qty.signal(), place };
                self.lots.truncate(at);
                self.lots.push(known);
                known
            }
        }
    }

    /// Keeps what the last decision showed: the run is over.
    pub(crate) fn finish(&mut self) {
        if let Some(last) = self.last
            && self.hourly.last().is_some_and(|(at, _)| *at < last)
        {
            self.hourly.push((last, self.now.clone()));
        }
    }

    /// What was held at the last decision was held until now.
    fn pass(&mut self, at: Timestamp) {
        let secs = self.last.replace(at).map_or(0, |last| at.secs_since(last));
        self.secs += secs;
        if self.is_held {
            for (one, pct) in self.uses.iter_mut().zip(&self.now) {
                one.sum += pct * secs as f64;
            }
            self.all.sum += self.now.iter().sum::<f64>() * secs as f64;
        }
    }
}

impl Use {
    fn reached(&mut self, pct: f64, at: Timestamp) {
        if pct > self.worst_pct {
            (self.worst_pct, self.worst_at) = (pct, Some(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qty(units: i64) -> BaseQty {
        BaseQty::new(units.into()).unwrap()
    }

    fn exposed() -> Exposed {
        let btc = "BTC".parse().unwrap();
        Exposed {
            names: vec!["LAYER1".to_owned(), "OTHER".to_owned()],
            uses: vec![Use::default(); 2],
            now: vec![0.0; 2],
            places: vec![(btc, 0)],
            ..Exposed::default()
        }
    }

    #[test]
    fn each_cluster_has_its_mean_over_time_and_its_worst_moment() {
        let (btc, xrp) = ("BTC".parse().unwrap(), "XRP".parse().unwrap());
        let at = Timestamp::from_secs;
        let mut exposed = exposed();
        exposed.see(at(0), 1000.0, core::iter::empty());
        exposed.see(at(60), 1000.0, [(btc, qty(2), 25.0), (xrp, qty(5), 4.0)].into_iter());
        exposed.see(at(120), 500.0, [(btc, qty(5), 10.0)].into_iter());
        exposed.see(at(240), 500.0, core::iter::empty());
        let [first, other] = exposed.uses[..] else { panic!("two clusters") };
        // 5 % for one minute, 10 % for two; 2 % for one.
        assert!((first.sum - (5.0 * 60.0 + 10.0 * 120.0)).abs() < 1e-9, "{first:?}");
        assert!((other.sum - 2.0 * 60.0).abs() < 1e-9, "{other:?}");
        assert_eq!((first.worst_at, other.worst_at), (Some(at(120)), Some(at(60))));
        assert!((exposed.all.worst_pct - 10.0).abs() < 1e-9, "{:?}", exposed.all);
        assert_eq!(exposed.secs, 240);
        assert_eq!(exposed.hourly.len(), 1, "one an hour");
        exposed.finish();
        assert_eq!(exposed.hourly.last(), Some(&(at(240), vec![0.0, 0.0])));
    }

    #[test]
    fn where_the_capital_is_less_than_the_account_percent_are_of_the_capital() {
        let mut exposed = Exposed { capital: Some(100.0), ..exposed() };
        let btc = "BTC".parse().unwrap();
        exposed.see(Timestamp::from_secs(0), 1000.0, [(btc, qty(1), 5.0)].into_iter());
        assert!((exposed.all.worst_pct - 5.0).abs() < 1e-9, "{:?}", exposed.all);
    }
}
