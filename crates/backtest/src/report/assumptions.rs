//! What a run rests on, as it prints it.

use domain::{Fees, Timestamp, Usd};
use rules::ProtectBy;

use super::Assumption;
use crate::{FeeSchedule, Setup};

/// What holds for every run.
const ALWAYS: &[(&str, &str)] = &[
    (
        "prices",
        "between bars a price stands still: books, marks and stops go by the last close; what \
         happens inside a bar is seen when it is over",
    ),
    (
        "book",
        "modelled: spread max(1 tick, 4 × √($10 M / 24 h volume) bps) around the last close, 0.5 % of \
         the volume within 20 bps of each touch, a tenth of it at the touch",
    ),
    (
        "maker fills",
        "only where the price trades through the limit by a tick, at most a tenth of the bar's volume \
         for the share of it that the order lived through; open, low, high and close have a quarter \
         of the bar each",
    ),
    (
        "taker fills",
        "walk the modelled book, which stays thinner by what was taken until the next bar; no fill is \
         worse than its limit, the rest is not filled",
    ),
    (
        "universe",
        "judged at every decision from the 24 hours before it; a product is seen from its first bar \
         on. Products that are not in the directory never existed",
    ),
    ("venue", "no outages but the gaps of the data, no lost answers, no queue"),
    (
        "end",
        "what is open at the end is marked at the bid; the closed worth sells it there for a taker's \
         fee",
    ),
    (
        "figures",
        "daily UTC returns of the account marked to market, a year of 365 days, risk-free rate 0; \
         trades net of fees",
    ),
];

/// What a run rests on: its fees and pace, what holds for every run, and what its data adds.
pub(super) fn assumptions(setup: &Setup, fees: Fees, more: Vec<Assumption>) -> Vec<Assumption> {
    let say = |about, text: String| Assumption { about, text };
    let schedule = schedule(&setup.fees);
    let (maker, taker) = (fees.maker_bps, fees.taker_bps);
    let every = setup.interval_secs;
    let arrives = match setup.delay_secs {
        0 => "at once".to_owned(),
        secs => format!("{secs} s later, and nothing is decided meanwhile"),
    };
    let mut all = vec![
        say("fees", format!("maker / taker by {schedule}; {maker} / {taker} bps at the start")),
        say(
            "decision",
            format!(
                "every {every} s, from bars that are closed and the book of that moment; an order \
                 reaches the venue {arrives}"
            ),
        ),
    ];
    all.push(say("stops and targets", exits(setup).to_owned()));
    all.extend(ALWAYS.iter().map(|(about, text)| say(about, (*text).to_owned())));
    all.extend(more);
    all
}

fn exits(setup: &Setup) -> &'static str {
    match setup.settings.exits.protection {
        ProtectBy::Engine => {
            "sell at the bid after the close that crossed them, never at the level itself: a gap is paid \
             in full, a target has no bonus; a wick that no close crossed is not seen, where a running \
             program, which looks every second, would have sold"
        }
        ProtectBy::Venue => {
            "an order at the venue sells inside the bar: at its target where the price trades through it \
             by a tick, for a maker's fee; at the bar's low where that reaches the stop, for a taker's; a \
             low more than 5 % below the stop is left to the engine"
        }
    }
}

fn schedule(fees: &FeeSchedule) -> String {
    match fees {
        FeeSchedule::ByDate(steps) => {
            let step = |(from, fees): &(Timestamp, Fees)| {
                format!("{} / {} bps from {from}", fees.maker_bps, fees.taker_bps)
            };
            steps.iter().map(step).collect::<Vec<_>>().join(", ")
        }
        FeeSchedule::ByVolume(steps) => {
            let step = |(from, fees): &(Usd, Fees)| {
                format!("{} / {} bps from ${from}", fees.maker_bps, fees.taker_bps)
            };
            format!("30-day volume: {}", steps.iter().map(step).collect::<Vec<_>>().join(", "))
        }
    }
}
