//! Tiers follow the volume of thirty days, on the hour.

use domain::{Bps, Usd};
use exchange_sim::SimError;
use exchange_sim::spot::{Kind, Profile, Terms, Tier, Venue};

use crate::world::*;

fn tier(name: &str, from: &str, maker: &str, taker: &str) -> Tier {
    Tier {
        name: name.to_owned(),
        from: Usd::parse(from).unwrap(),
        maker: Bps::parse(maker).unwrap(),
        taker: Bps::parse(taker).unwrap(),
    }
}

fn terms() -> Terms {
    let tiers = vec![tier("one", "0", "60", "120"), tier("two", "1000", "40", "80")];
    Terms { tiers, ..Terms::shipped().unwrap() }
}

#[test]
fn volume_lifts_the_tier_on_the_next_hour_and_is_forgotten_after_thirty_days() {
    let mut venue = venue_with(terms(), &[]);
    let name = |venue: &Venue| venue.fee_status(MAIN).unwrap().tier.name;
    send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", "15")]);
    assert_eq!(name(&venue), "one");
    venue.advance(at(DAY + 3600)).unwrap();
    let status = venue.fee_status(MAIN).unwrap();
    assert_eq!((status.tier.name.as_str(), status.up_to), ("two", None));
    let fills = venue.account(MAIN).unwrap().fills();
    let fees: rust_decimal::Decimal = fills.iter().map(|fill| fill.fee.get()).sum();
    assert_eq!(status.fees.get(), fees.normalize());
    venue.advance(at(31 * DAY)).unwrap();
    assert_eq!(name(&venue), "two");
    venue.advance(at(31 * DAY + 3600)).unwrap();
    assert_eq!(name(&venue), "one");
}

#[test]
fn an_order_keeps_the_rates_of_its_taking() {
    let then = [[100.0, 100.0, 98.0, 98.0, 1000.0]; 70];
    let mut venue = venue_with(terms(), &then);
    let order = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "60"), ("limit", "99")]);
    send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", "15")]);
    venue.advance(at(DAY + 3700)).unwrap();
    let of_order = |f: &&exchange_sim::spot::Fill| f.order == order;
    for fill in venue.account(MAIN).unwrap().fills().iter().filter(of_order) {
        assert_eq!(fill.fee.get(), (fill.value.get() * dec("0.006")).normalize());
    }
}

#[test]
fn a_brought_volume_counts_from_the_start() {
    let mut venue = venue_with(terms(), &[]);
    let mut profile = Profile::with_dollars("rich", "1000").unwrap();
    profile.prior_volume = Some(Usd::parse("5000").unwrap());
    let rich = venue.open_account(profile).unwrap();
    assert_eq!(venue.fee_status(rich).unwrap().tier.name, "two");
}

#[test]
fn a_ladder_of_fees_begins_at_nothing() {
    for tiers in [vec![], vec![tier("two", "1", "40", "80")]] {
        let terms = Terms { tiers, ..Terms::shipped().unwrap() };
        let refused = Venue::new(market(&[], Vec::new()), at(DAY), terms).err().unwrap();
        assert!(matches!(refused, SimError::NoFeeTier));
    }
}
