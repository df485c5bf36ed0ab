//! Which lots should be sold now.

use domain::{
    Exit, ExitReason, Features, Lot, MarketView, Price, ProductMarket, Proposal, Regime, Timestamp,
};

use crate::protection::beyond_stop;
use crate::{ExitParams, Levels, ProtectBy};

/// Appends an exit for each lot that should be sold, in the order of the lots, and nothing for
/// the others. At most one a lot; when several reasons hold, the first of: stop, trailing stop,
/// regime crash, target, time.
///
/// Prices are compared with the bid of the product the lot was bought on, exactly. A lot whose
/// product has no quote, or a faulty one (locked, crossed, no size), has no exit by price: a
/// wrong bid must not sell. The age of a quote does not matter here, since stops go on with the
/// last valid one. Time and a crash that closes need no price and hold without one; how to price
/// such a sale, and whether the quote is fresh enough for it, is decided later.
///
/// It does not know which exits are already under way: their ids ([`domain::ProposalId::Exit`])
/// are the same in every cycle, and the caller leaves those out.
pub fn exits(
    params: &ExitParams,
    lots: &[Lot],
    market: MarketView<'_>,
    features: &[Features],
    regime: Regime,
    now: Timestamp,
    out: &mut Vec<Proposal>,
) {
    for lot in lots {
        let levels = Levels::for_lot(params, lot, features, regime);
        exit_at(lot, &levels, market.get(&lot.product), now, out);
    }
}

/// As [`exits`], for one lot whose levels are known, [`Levels::for_lot`], and the market of its product.
pub fn exit_at(
    lot: &Lot,
    levels: &Levels,
    market: Option<&ProductMarket>,
    now: Timestamp,
    out: &mut Vec<Proposal>,
) {
    if lot.qty.is_zero() {
        return;
    }
    if let Some((cause, reason)) = cause(lot, levels, market.and_then(bid), now) {
        out.push(Proposal::Exit(Exit {
            product: lot.product,
            lot: lot.id,
            qty: lot.qty,
            cause,
            reason,
            bracket: None,
        }));
    }
}

/// Why a lot must be sold by us although an order at the venue stands at its stop and its target:
/// everything that the venue does not know, and a bid so far below the stop that it should have
/// sold. Where the order's stop is out of work, since a part of it is filled, the stop is the
/// engine's. The first of: stop, trailing stop, regime crash, time.
pub fn exit_beside_bracket(
    params: &ExitParams,
    lot: &Lot,
    stop_is: ProtectBy,
    market: MarketView<'_>,
    features: &[Features],
    regime: Regime,
    now: Timestamp,
) -> Option<ExitReason> {
    let own = Levels::for_lot(params, lot, features, regime);
    let stop = match stop_is {
        ProtectBy::Engine => own.stop,
        ProtectBy::Venue => own.stop.and_then(beyond_stop),
    };
    let beside = Levels { stop, target: None, ..own };
    cause(lot, &beside, market.get(&lot.product).and_then(bid), now).map(|(cause, _)| cause)
}

fn bid(market: &ProductMarket) -> Option<Price> {
    let quote = market.quote.as_ref().filter(|quote| quote.fault().is_none());
    quote.map(|quote| quote.bid)
}

/// The first reason that holds, with words for it.
fn cause(
    lot: &Lot,
    levels: &Levels,
    bid: Option<Price>,
    now: Timestamp,
) -> Option<(ExitReason, String)> {
    let fallen = |level: Option<Price>| bid.zip(level).filter(|(bid, level)| bid <= level);
    let risen = |level: Option<Price>| bid.zip(level).filter(|(bid, level)| bid >= level);
    let paid = lot.average_price;
    if let Some((bid, level)) = fallen(levels.stop) {
        let pct = lot.plan.stop_pct;
        let reason = format!("Stop loss (bid {bid} at or below {level}, {pct}% under {paid})");
        return Some((ExitReason::StopLoss, reason));
    }
    if let Some((bid, level)) = fallen(levels.trailing) {
        let best = lot.best_bid;
        let reason = format!("Trailing stop (bid {bid} at or below {level}, best bid {best})");
        return Some((ExitReason::TrailingStop, reason));
    }
    if levels.closing {
        return Some((ExitReason::RegimeCrash, "Regime crash (every lot is closed)".to_owned()));
    }
    if let Some((bid, level)) = fallen(levels.crash) {
        let reason = format!("Regime crash (bid {bid} at or below the tightened stop {level})");
        return Some((ExitReason::RegimeCrash, reason));
    }
    if let Some((bid, level)) = risen(levels.target) {
        let pct = lot.plan.target_pct;
        let reason = format!("Take profit (bid {bid} at or above {level}, {pct}% over {paid})");
        return Some((ExitReason::TakeProfit, reason));
    }
    (levels.until <= now).then(|| {
        let hours = lot.plan.max_hold_hours;
        (ExitReason::MaxHold, format!("Max hold ({hours}h since {})", lot.opened))
    })
}
