//! Two purses, one exposure.

use crate::common::*;
use domain::{ProductStatus, Proposal, Purse, QuoteAmt, RiskCode, Side};
use proptest::prelude::*;
use risk::Verdict;

/// XRP trades in dollars and in USDC, and so do the purses.
fn world(usd: &str, usdc: &str) -> World {
    let mut world = World::good();
    world.markets.push(market("XRP-USDC", "2"));
    world.markets.sort_by_key(|m| m.product.id);
    world.purses = [("USD", usd), ("USDC", usdc)]
        .map(|(name, free)| Purse {
            asset: asset(name),
            available: amount(free),
            held: QuoteAmt::ZERO,
        })
        .to_vec();
    world
}

fn wish() -> Proposal {
    Proposal::Entry(entry("XRP-USD", "1.4"))
}

fn paid(verdict: &Verdict) -> Option<(String, String)> {
    let order = verdict.approved.first()?;
    Some((order.product().to_string(), order.max_notional().to_string()))
}

/// 140 dollars cost 141.68 at worst.
#[test]
fn the_first_purse_that_covers_it_pays_else_the_fuller_one() {
    let cases = [
        (("1000", "1000"), ("XRP-USD", "140")),
        (("141.68", "1000"), ("XRP-USD", "140")),
        (("141.67", "1000"), ("XRP-USDC", "140")),
        (("0", "1000"), ("XRP-USDC", "140")),
        (("50.6", "20.24"), ("XRP-USD", "50")),
        (("20.24", "50.6"), ("XRP-USDC", "50")),
        (("20.24", "20.24"), ("XRP-USD", "20")),
    ];
    for ((usd, usdc), (product, notional)) in cases {
        let found = paid(&world(usd, usdc).assess(vec![wish()]));
        assert_eq!(found, Some((product.to_owned(), notional.to_owned())), "{usd} and {usdc}");
    }
    let mut turned = world("1000", "1000");
    turned.policy.orders.quote_preference.reverse();
    assert_eq!(paid(&turned.assess(vec![wish()])).unwrap().0, "XRP-USDC");
}

#[test]
fn usdc_off_a_dollar_does_not_pay() {
    // The market of USDC is four basis points wide.
    for (mid, pays) in
        [("1", true), ("0.996", true), ("0.995", false), ("1.0045", true), ("1.0055", false)]
    {
        let mut world = world("0", "1000");
        world.markets.push(market("USDC-USD", mid));
        world.markets.sort_by_key(|m| m.product.id);
        assert_eq!(paid(&world.assess(vec![wish()])).is_some(), pays, "{mid}");
        if pays {
            let usdc = world.market("USDC-USD");
            usdc.quote_vouched = Some(T0.plus_secs(-61));
            assert_eq!(paid(&world.assess(vec![wish()])), None, "what it was a minute ago");
        }
    }
}

#[test]
fn a_twin_pays_only_where_it_is_the_same_market() {
    let mut offline = world("0", "1000");
    offline.market("XRP-USDC").product.status = ProductStatus::CancelOnly;
    let mut coarse = world("0", "1000");
    coarse.market("XRP-USDC").product.limits.base_increment = dec("1");
    let mut lonely = world("0", "1000");
    lonely.markets.retain(|m| m.product.id != id("XRP-USDC"));
    for world in [offline, coarse, lonely] {
        let codes = world.codes(wish());
        assert_eq!(codes, [RiskCode::BelowMinOrder, RiskCode::InsufficientFunds].into());
    }
    let mut euro = world("0", "0");
    euro.purses.push(Purse {
        asset: asset("EUR"),
        available: amount("1000"),
        held: QuoteAmt::ZERO,
    });
    euro.policy.orders.quote_preference.push(asset("EUR"));
    euro.markets.push(market("XRP-EUR", "2"));
    euro.markets.sort_by_key(|m| m.product.id);
    assert_eq!(paid(&euro.assess(vec![wish()])), None, "euros are no dollars");
}

#[test]
fn what_one_entry_spends_the_next_does_not_have() {
    let mut world = world("200", "100");
    world.policy.pacing.spacing_secs = 0;
    world.policy.positions.max_new_positions_per_cycle = 5;
    let verdict = world.assess(vec![wish(), Proposal::Entry(entry("UNI-USD", "1.4"))]);
    let spent: Vec<_> =
        verdict.approved.iter().map(|o| (o.product().to_string(), o.worst_case())).collect();
    assert_eq!(spent.len(), 2, "{:?}", verdict.rejected);
    // UNI sorts first and has no twin: 141.68 of the 200 dollars are gone when XRP is judged.
    assert_eq!(spent[0], ("UNI-USD".to_owned(), amount("141.68")));
    assert_eq!(spent[1].0, "XRP-USDC");
    assert!(spent[1].1 <= amount("100"));
}

proptest! {
    #![proptest_config(cases())]

    /// of each purse no more is promised than it has free, whatever rests and is held.
    #[test]
    fn no_purse_promises_more_than_it_has(
        free in (0..400_u32, 0..400_u32),
        held in (0..200_u32, 0..200_u32),
        live in prop::collection::vec((any::<bool>(), 1..150_u32), 0..4),
        sizes in prop::collection::vec(10..300_u32, 1..4),
    ) {
        let mut world = world(&free.0.to_string(), &free.1.to_string());
        world.policy.pacing.spacing_secs = 0;
        world.policy.pacing.trades_per_hour = 10;
        world.policy.positions.max_new_positions_per_cycle = 5;
        world.policy.positions.max_open_positions = 50;
        (world.purses[0].held, world.purses[1].held) =
            (amount(&held.0.to_string()), amount(&held.1.to_string()));
        let long_ago = T0.plus_secs(-200_000);
        let mut reserved = [dec("0"), dec("0")];
        for (n, (usd, dollars)) in live.iter().enumerate() {
            let product = if *usd { "LINK-USD" } else { "LINK-USDC" };
            let qty = dollars.to_string();
            world.facts.push(order(n as u64, Side::Buy, product, &qty, "1", long_ago));
            reserved[usize::from(!usd)] += dec(&qty) * dec("1.012");
        }
        let products = ["XRP-USD", "UNI-USD", "SOL-USD"];
        let wishes = sizes.iter().zip(products).map(|(centi, product)| {
            Proposal::Entry(entry(product, &format!("{}.{:02}", centi / 100, centi % 100)))
        });
        let verdict = world.assess(wishes.collect());
        for (at, name) in ["USD", "USDC"].into_iter().enumerate() {
            let spent: rust_decimal::Decimal = verdict.approved.iter()
                .filter(|o| o.product().quote() == name)
                .map(|o| o.worst_case().get())
                .sum();
            let purse = &world.purses[at];
            let unheld = (reserved[at] - purse.held.get()).max(dec("0"));
            prop_assert!(spent.is_zero() || spent + unheld <= purse.available.get(), "{name}");
        }
    }
}
