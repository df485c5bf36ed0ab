//! From a lot to an exit, or none.

use domain::ExitReason::{MaxHold, RegimeCrash, StopLoss, TakeProfit, TrailingStop};
use domain::{
    Absent, BaseQty, ExitReason, Features, IntentId, Lot, LotId, MarketView, Proposal, Quote,
    Regime, Timestamp,
};
use rules::{CrashAction, ExitParams, Levels, ProtectBy, TrailBy, exits};

use crate::given::{NOW, features, lot, market, pct, price, product, quote};

struct Case {
    params: ExitParams,
    lots: Vec<Lot>,
    quote: Option<Quote>,
    features: Vec<Features>,
    regime: Regime,
    now: Timestamp,
}

impl Case {
    fn at(bid: &str) -> Self {
        Self {
            params: ExitParams::default(),
            lots: vec![lot()],
            quote: Some(quote(bid, "1000")),
            features: vec![features("HBAR-USD", Ok(60.0))],
            regime: Regime::Chop,
            now: NOW,
        }
    }

    fn all(&self) -> Vec<Proposal> {
        let products = [market("HBAR-USD", self.quote)];
        let view = MarketView { now: self.now, products: &products };
        let (lots, mut out) = (&self.lots, Vec::new());
        exits(&self.params, lots, view, &self.features, self.regime, self.now, &mut out);
        for lot in lots {
            let levels = Levels::for_lot(&self.params, lot, &self.features, self.regime);
            let calm = levels.calm().zip(self.quote);
            if calm.is_some_and(|(calm, quote)| calm.holds(quote.bid, self.now)) {
                let of_it = |exit: &Proposal| matches!(exit, Proposal::Exit(e) if e.lot == lot.id);
                assert!(!out.iter().any(of_it), "{levels:?}, {:?}", self.quote);
            }
        }
        out
    }

    fn cause(&self) -> Option<ExitReason> {
        match self.all().as_slice() {
            [] => None,
            [Proposal::Exit(exit)] => {
                assert_eq!((exit.lot, exit.qty), (self.lots[0].id, self.lots[0].qty));
                assert!(!exit.reason.is_empty());
                Some(exit.cause)
            }
            other => panic!("one exit a lot, not {other:?}"),
        }
    }
}

#[test]
fn stop_and_target_are_exact_to_the_last_digit() {
    let table = [
        ("100", "92.000000000001", None),
        ("100", "92", Some(StopLoss)),
        ("100", "91.999999999999", Some(StopLoss)),
        ("100", "114.999999999999", None),
        ("100", "115", Some(TakeProfit)),
        ("0.00000123", "0.0000011316", Some(StopLoss)),
        ("0.00000123", "0.0000011317", None),
        ("0.00000123", "0.0000014145", Some(TakeProfit)),
        ("0.00000123", "0.0000014144", None),
        ("50000000000000000000000000000", "1", Some(StopLoss)),
        ("79228162514264337593543950335", "900", Some(StopLoss)),
    ];
    for (paid, bid, expected) in table {
        let mut case = Case::at(bid);
        case.lots[0].average_price = price(paid);
        assert_eq!(case.cause(), expected, "paid {paid}, bid {bid}");
        let levels = Levels::for_lot(&case.params, &case.lots[0], &case.features, case.regime);
        // Prices of so many digits have no bounds in attos, and are asked one by one.
        if let Some(calm) = levels.calm().filter(|_| paid.len() < 20) {
            assert_eq!(calm.holds(price(bid), case.now), expected.is_none(), "{paid}, {bid}");
        }
    }
}

#[test]
fn time_ends_a_lot_at_the_second() {
    for (secs, expected) in [(0, None), (72 * 3600 - 1, None), (72 * 3600, Some(MaxHold))] {
        let mut case = Case::at("100");
        case.now = NOW.plus_secs(secs);
        assert_eq!(case.cause(), expected, "after {secs} s");
    }
}

#[test]
fn without_a_sound_quote_only_time_and_a_closing_crash_sell() {
    let mut sizeless = quote("1", "2");
    sizeless.bid_size = Some(BaseQty::ZERO);
    let faulty = [None, Some(quote("1", "1")), Some(quote("2", "1")), Some(sizeless)];
    for bad in faulty {
        let mut case = Case { quote: bad, ..Case::at("1") };
        assert_eq!(case.cause(), None, "{bad:?}");
        case.regime = Regime::Crash;
        assert_eq!(case.cause(), None, "tightened, {bad:?}");
        case.now = NOW.plus_secs(72 * 3600);
        assert_eq!(case.cause(), Some(MaxHold), "{bad:?}");
        case.params.on_regime_crash = CrashAction::Close;
        assert_eq!(case.cause(), Some(RegimeCrash), "{bad:?}");
    }
    let mut unlisted = Case::at("1");
    unlisted.lots[0].product = product("BTC-USD");
    assert_eq!(unlisted.cause(), None, "no market at all");
}

#[test]
fn a_crash_does_what_is_configured() {
    // Stop 92, tightened 96.
    let table = [
        (CrashAction::Tighten, Regime::Crash, "96.01", None),
        (CrashAction::Tighten, Regime::Crash, "96", Some(RegimeCrash)),
        (CrashAction::Tighten, Regime::Crash, "92", Some(StopLoss)),
        (CrashAction::Tighten, Regime::Bear, "96", None),
        (CrashAction::Tighten, Regime::Unknown, "96", None),
        (CrashAction::Close, Regime::Crash, "114", Some(RegimeCrash)),
        (CrashAction::Close, Regime::Unknown, "114", None),
        (CrashAction::Ignore, Regime::Crash, "96", None),
    ];
    for (action, regime, bid, expected) in table {
        let mut case = Case { regime, ..Case::at(bid) };
        case.params.on_regime_crash = action;
        assert_eq!(case.cause(), expected, "{action:?} in {regime} at {bid}");
    }
}

#[test]
fn a_trailing_stop_arms_at_a_gain_and_follows_the_best_bid() {
    // Paid 100, armed from 106; 4 % below the best bid, or 3 ATR of 2 at a close of 100: 6 %.
    let table = [
        (TrailBy::Percent, "105.99", "95", None),
        (TrailBy::Percent, "106", "101.76", Some(TrailingStop)),
        (TrailBy::Percent, "106", "101.77", None),
        (TrailBy::Percent, "110", "105.6", Some(TrailingStop)),
        (TrailBy::Percent, "110", "110", None),
        (TrailBy::Atr, "110", "105.6", None),
        (TrailBy::Atr, "110", "103.4", Some(TrailingStop)),
        (TrailBy::Atr, "110", "103.41", None),
        (TrailBy::Off, "110", "93", None),
    ];
    for (by, best, bid, expected) in table {
        let mut case = Case::at(bid);
        case.params.trailing.by = by;
        case.lots[0].best_bid = price(best);
        assert_eq!(case.cause(), expected, "{by:?}, best {best}, bid {bid}");
    }
}

#[test]
fn a_trail_without_a_distance_never_sells() {
    let unusable: [fn(&mut Case); 6] = [
        |c| c.features.clear(),
        |c| c.features[0].hour = None,
        |c| c.features[0].hour.as_mut().unwrap().atr_14 = Err(Absent::DataGap),
        |c| c.features[0].hour.as_mut().unwrap().atr_14 = Ok(0.0),
        |c| c.features[0].hour.as_mut().unwrap().atr_14 = Ok(f64::NAN),
        |c| c.features[0].hour.as_mut().unwrap().close = 0.0,
    ];
    for change in unusable {
        let mut case = Case::at("93");
        case.params.trailing.by = TrailBy::Atr;
        case.lots[0].best_bid = price("110");
        change(&mut case);
        assert_eq!(case.cause(), None);
        case.quote = Some(quote("92", "93"));
        assert_eq!(case.cause(), Some(StopLoss), "its own stop stays");
    }
}

#[test]
fn when_several_hold_the_order_is_stop_trailing_crash_target_time() {
    // Everything is made to hold; then the first is taken away, again and again.
    let mut case = Case::at("92");
    case.regime = Regime::Crash;
    case.now = NOW.plus_secs(100 * 3600);
    case.params.on_regime_crash = CrashAction::Close;
    case.params.trailing.by = TrailBy::Percent;
    case.params.trailing.arm_gain_pct = pct("0.1");
    case.lots[0].best_bid = price("130");
    case.lots[0].plan.target_pct = pct("0.0001");
    assert_eq!(case.cause(), Some(StopLoss));
    case.quote = Some(quote("101", "102"));
    assert_eq!(case.cause(), Some(TrailingStop));
    case.params.trailing.by = TrailBy::Off;
    assert_eq!(case.cause(), Some(RegimeCrash));
    case.params.on_regime_crash = CrashAction::Ignore;
    assert_eq!(case.cause(), Some(TakeProfit));
    case.quote = Some(quote("100", "102"));
    assert_eq!(case.cause(), Some(MaxHold));
}

#[test]
fn lots_are_judged_one_by_one_and_in_order() {
    let mut case = Case::at("92");
    let low = Lot { id: LotId(IntentId(8)), average_price: price("50"), ..lot() };
    let empty = Lot { id: LotId(IntentId(9)), qty: BaseQty::ZERO, ..lot() };
    let calm = Lot { id: LotId(IntentId(10)), average_price: price("93"), ..lot() };
    case.lots = vec![low, empty, calm, lot()];
    let found: Vec<_> = case.all().iter().map(Proposal::id).collect();
    let expected = [
        domain::ProposalId::Exit(LotId(IntentId(8)), TakeProfit),
        domain::ProposalId::Exit(LotId(IntentId(7)), StopLoss),
    ];
    assert_eq!(found, expected);
}

#[test]
fn exits_are_appended_and_a_quiet_update_allocates_nothing() {
    assert_eq!(Case::at("100").all().capacity(), 0);
    let products = [market("HBAR-USD", Some(quote("92", "93")))];
    let view = MarketView { now: NOW, products: &products };
    let mut out = Case::at("92").all();
    exits(&ExitParams::default(), &[lot()], view, &[], Regime::Chop, NOW, &mut out);
    assert_eq!(out.len(), 2);
}

#[test]
fn a_reason_tells_the_prices() {
    let Some(Proposal::Exit(exit)) = Case::at("91.5").all().pop() else { panic!("an exit") };
    assert_eq!(exit.reason, "Stop loss (bid 91.5 at or below 92, 8% under 100)");
}

#[test]
fn levels_can_be_shown() {
    let levels = Levels::of(&ExitParams::default(), &lot(), None, Regime::Crash);
    assert_eq!(levels.stop, Some(price("92")));
    assert_eq!(levels.crash, Some(price("96")));
    assert_eq!(levels.target, Some(price("115")));
    assert_eq!(levels.trailing, None);
    assert_eq!(levels.until, NOW.plus_secs(72 * 3600));
}

/// Beside an order at the venue the engine sells for what that order does not know, and where it
/// should have sold long since.
#[test]
fn beside_a_bracket_only_what_the_venue_does_not_know_is_left() {
    let beside_of = |stop_is, case: &Case| {
        let products = [market("HBAR-USD", case.quote)];
        let view = MarketView { now: case.now, products: &products };
        rules::exit_beside_bracket(
            &case.params,
            &case.lots[0],
            stop_is,
            view,
            &case.features,
            case.regime,
            case.now,
        )
    };
    let beside = |case: &Case| beside_of(ProtectBy::Venue, case);
    let at = |bid: &str| beside(&Case::at(bid));
    // The stop is 92, and 92 × 0.97 = 89.24.
    let cases = [("115", None), ("92", None), ("89.240001", None), ("89.24", Some(StopLoss))];
    for (bid, expected) in cases {
        assert_eq!(at(bid), expected, "{bid}");
    }
    for (bid, expected) in [("92.01", None), ("92", Some(StopLoss)), ("115", None)] {
        assert_eq!(beside_of(ProtectBy::Engine, &Case::at(bid)), expected, "{bid}");
    }
    let late = Case { now: NOW.plus_secs(72 * 3600), ..Case::at("91") };
    assert_eq!(beside(&late), Some(MaxHold), "also where the stop is crossed");
    let mut crash = Case { regime: Regime::Crash, ..Case::at("95") };
    assert_eq!(beside(&crash), Some(RegimeCrash));
    crash.params.on_regime_crash = CrashAction::Ignore;
    assert_eq!(beside(&crash), None);
    let mut trailing = Case::at("104");
    (trailing.params.trailing.by, trailing.lots[0].best_bid) = (TrailBy::Percent, price("110"));
    assert_eq!(beside(&trailing), Some(TrailingStop));
}

#[test]
fn a_bracket_lies_on_the_increments_and_stops_no_later_than_its_lot() {
    let params = ExitParams::default();
    let bracket = |step: &str| rules::bracket(&params, &lot(), step.parse().unwrap());
    let fine = bracket("0.01").unwrap();
    assert_eq!((fine.stop, fine.target), (price("92"), price("115")));
    let coarse = bracket("7").unwrap();
    assert_eq!((coarse.stop, coarse.target), (price("98"), price("119")), "both rounded up");
    assert_eq!(coarse.lowest("7".parse().unwrap()), Some(price("91")), "93.1, rounded down");
    assert_eq!(coarse.lowest("100".parse().unwrap()), None, "nothing is left");
    assert_eq!(bracket("200"), None, "nothing is between them");
    let sold = |at: &str| fine.sold_by(price(at));
    assert_eq!((sold("115"), sold("114.99"), sold("92")), (TakeProfit, StopLoss, StopLoss));
}
