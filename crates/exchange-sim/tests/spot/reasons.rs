//! Each reason with an order that has it, and all names as Coinbase's published enums have them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::ProductStatus;
use exchange_sim::spot::{
    CancelFailure, Configuration, Draft, EditReason, Kind, PriceSpread, Reason, RepeatedId, Rung,
    Terms,
};

use crate::world::*;

type Pairs = &'static [(&'static str, &'static str)];

/// Reasons that a configuration alone has.
const BY_CONFIGURATION: &[(Reason, domain::Side, Kind, Pairs)] = &[
    (Reason::Sizes, BUY, Kind::MarketIoc, &[]),
    (Reason::Sizes, BUY, Kind::MarketIoc, &[("base", "1"), ("quote", "100")]),
    (Reason::Sizes, SELL, Kind::MarketIoc, &[("quote", "100")]),
    (
        Reason::Sizes,
        BUY,
        Kind::StopLimitGtc,
        &[("quote", "100"), ("limit", "105"), ("stop", "104")],
    ),
    (Reason::NonNumeric, BUY, Kind::LimitGtc, &[("base", "one"), ("limit", "90")]),
    (Reason::NonNumeric, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "9e")]),
    (Reason::NonNumeric, BUY, Kind::LimitGtc, &[("base", "NaN"), ("limit", "90")]),
    (Reason::BasePrecision, BUY, Kind::LimitGtc, &[("base", "0.123456789"), ("limit", "90")]),
    (Reason::QuotePrecision, BUY, Kind::MarketIoc, &[("quote", "10.001")]),
    (Reason::LimitPrecision, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "90.001")]),
    (
        Reason::StopPrecision,
        SELL,
        Kind::StopLimitGtc,
        &[("base", "1"), ("limit", "90"), ("stop", "95.001")],
    ),
    (
        Reason::BracketLimitPrecision,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105.001"), ("trigger", "95")],
    ),
    (
        Reason::TriggerPrecision,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105"), ("trigger", "95.001")],
    ),
    (Reason::BaseTooSmall, BUY, Kind::LimitGtc, &[("base", "0"), ("limit", "90")]),
    (Reason::BaseTooSmall, BUY, Kind::MarketIoc, &[("base", "-1")]),
    (Reason::BaseTooLarge, BUY, Kind::LimitGtc, &[("base", "2000000"), ("limit", "90")]),
    (Reason::QuoteTooSmall, BUY, Kind::LimitGtc, &[("base", "0.001"), ("limit", "90")]),
    (Reason::QuoteTooSmall, BUY, Kind::MarketIoc, &[("quote", "0.5")]),
    (Reason::QuoteTooLarge, BUY, Kind::MarketIoc, &[("quote", "900000000")]),
    (Reason::LimitPrice, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "0")]),
    (Reason::LimitPrice, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "-5")]),
    (Reason::LimitPrice, BUY, Kind::SorLimitIoc, &[("base", "1")]),
    (Reason::StopPrice, SELL, Kind::StopLimitGtc, &[("base", "1"), ("limit", "90")]),
    (Reason::StopPrice, SELL, Kind::StopLimitGtc, &[("base", "1"), ("limit", "90"), ("stop", "0")]),
    (Reason::TooFarFromMarket, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "9")]),
    (Reason::TooFarFromMarket, SELL, Kind::LimitGtc, &[("base", "1"), ("limit", "1001")]),
    (
        Reason::PostOnlyWouldTake,
        BUY,
        Kind::LimitGtc,
        &[("base", "1"), ("limit", "101"), ("post_only", "true")],
    ),
    (
        Reason::PostOnlyWouldTake,
        SELL,
        Kind::LimitGtc,
        &[("base", "1"), ("limit", "99"), ("post_only", "true")],
    ),
    (Reason::Funds, BUY, Kind::LimitGtc, &[("base", "200"), ("limit", "90")]),
    (Reason::Funds, SELL, Kind::MarketIoc, &[("base", "101")]),
    (Reason::Funds, BUY, Kind::MarketIoc, &[("quote", "10000.01")]),
    (Reason::EndMissing, BUY, Kind::LimitGtd, &[("base", "1"), ("limit", "90")]),
    (Reason::EndPast, BUY, Kind::LimitGtd, &[("base", "1"), ("limit", "90"), ("end", "86400")]),
    (Reason::EndTooFar, BUY, Kind::LimitGtd, &[("base", "1"), ("limit", "90"), ("end", "8640000")]),
    (Reason::FokNotLimit, BUY, Kind::MarketFok, &[("base", "1")]),
    (
        Reason::FokPostOnly,
        BUY,
        Kind::LimitFok,
        &[("base", "1"), ("limit", "90"), ("post_only", "true")],
    ),
    (
        Reason::StopAboveLast,
        SELL,
        Kind::StopLimitGtc,
        &[("base", "1"), ("limit", "90"), ("stop", "101"), ("direction", "down")],
    ),
    (
        Reason::StopBelowLast,
        BUY,
        Kind::StopLimitGtc,
        &[("base", "1"), ("limit", "105"), ("stop", "99"), ("direction", "up")],
    ),
    (
        Reason::StopAboveLimit,
        BUY,
        Kind::StopLimitGtc,
        &[("base", "1"), ("limit", "102"), ("stop", "103"), ("direction", "up")],
    ),
    (
        Reason::StopBelowLimit,
        SELL,
        Kind::StopLimitGtc,
        &[("base", "1"), ("limit", "98"), ("stop", "97"), ("direction", "down")],
    ),
    (
        Reason::BracketSide,
        BUY,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105"), ("trigger", "95")],
    ),
    (
        Reason::BracketQuoteSize,
        SELL,
        Kind::BracketGtc,
        &[("quote", "10"), ("limit", "105"), ("trigger", "95")],
    ),
    (
        Reason::BracketLimit,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "99"), ("trigger", "95")],
    ),
    (
        Reason::BracketTrigger,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105"), ("trigger", "101")],
    ),
    (Reason::BracketTrigger, SELL, Kind::BracketGtc, &[("base", "1"), ("limit", "105")]),
    (
        Reason::BracketPrices,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105"), ("trigger", "106")],
    ),
    (
        Reason::BracketLimitFar,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "1001"), ("trigger", "95")],
    ),
    (
        Reason::BracketTriggerFar,
        SELL,
        Kind::BracketGtc,
        &[("base", "1"), ("limit", "105"), ("trigger", "9")],
    ),
    (
        Reason::StartMissing,
        BUY,
        Kind::TwapGtd,
        &[("base", "4"), ("limit", "101"), ("end", "87000"), ("buckets", "4")],
    ),
    (
        Reason::DurationTooSmall,
        BUY,
        Kind::TwapGtd,
        &[
            ("base", "4"),
            ("limit", "101"),
            ("start", "86400"),
            ("end", "87000"),
            ("buckets", "4"),
            ("duration", "0.5s"),
        ],
    ),
    (
        Reason::DurationTooLarge,
        BUY,
        Kind::TwapGtd,
        &[
            ("base", "4"),
            ("limit", "101"),
            ("start", "86400"),
            ("end", "87000"),
            ("buckets", "4"),
            ("duration", "300s"),
        ],
    ),
    (
        Reason::SliceBelowQuote,
        BUY,
        Kind::TwapGtd,
        &[
            ("base", "0.02"),
            ("limit", "101"),
            ("start", "86400"),
            ("end", "87000"),
            ("buckets", "4"),
        ],
    ),
    (
        Reason::LadderInfeasible,
        BUY,
        Kind::ScaledGtc,
        &[("base", "3"), ("rungs", "3"), ("min", "95"), ("max", "90")],
    ),
    (Reason::LadderInfeasible, BUY, Kind::ScaledGtc, &[]),
    (
        Reason::LadderMin,
        BUY,
        Kind::ScaledGtc,
        &[("base", "0.02"), ("rungs", "3"), ("min", "90"), ("max", "95")],
    ),
    (
        Reason::LadderMax,
        BUY,
        Kind::ScaledGtc,
        &[("base", "3"), ("rungs", "101"), ("min", "90"), ("max", "95")],
    ),
];

/// The drafts that need more than a configuration.
fn other_cases() -> Vec<(Reason, Draft)> {
    let plain = || draft("other", BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "90")]);
    let attached = |draft: Draft, kind: Kind, pairs: &[(&str, &str)]| {
        let fields = fields(pairs);
        Draft { attached: Some(Configuration { kind, fields }), ..draft }
    };
    let both = [("limit", "110"), ("trigger", "80")];
    let bracket = |pairs: &[(&str, &str)]| attached(plain(), Kind::BracketGtc, pairs);
    let mut twice = draft("other", BUY, Kind::ScaledGtc, &[("base", "1"), ("rungs", "2")]);
    twice.configurations[0].fields.orders.push(Rung::default());
    let mut custom = draft(
        "other",
        BUY,
        Kind::ScaledGtc,
        &[("base", "3"), ("rungs", "3"), ("min", "90"), ("max", "95")],
    );
    custom.configurations[0].fields.price_distribution = Some(PriceSpread::Custom);
    let two = Draft {
        configurations: [plain().configurations, plain().configurations].concat(),
        ..plain()
    };
    let stop =
        draft("other", SELL, Kind::StopLimitGtc, &[("base", "1"), ("limit", "90"), ("stop", "95")]);
    let sale = draft("other", SELL, Kind::LimitGtc, &[("base", "1"), ("limit", "110")]);
    // DOGE has steps of 0.1.
    let slices = draft(
        "other",
        BUY,
        Kind::TwapGtd,
        &[
            ("base", "0.2"),
            ("limit", "101"),
            ("start", "86400"),
            ("end", "87000"),
            ("buckets", "4"),
        ],
    );
    let sized = [both.as_slice(), &[("base", "1")]].concat();
    vec![
        (Reason::Product, Draft { product_id: "XYZ-USD".to_owned(), ..plain() }),
        (Reason::Product, Draft { product_id: String::new(), ..plain() }),
        (Reason::Side, Draft { side: None, ..plain() }),
        (Reason::Configuration, Draft { configurations: Vec::new(), ..plain() }),
        (Reason::Configuration, two),
        (Reason::ClientOrderId, Draft { client_order_id: String::new(), ..plain() }),
        (Reason::ClientOrderId, Draft { client_order_id: "x".repeat(129), ..plain() }),
        (Reason::AttachedSize, bracket(&sized)),
        (Reason::AttachedKind, attached(plain(), Kind::LimitGtc, &both)),
        (Reason::AttachedParent, attached(stop, Kind::BracketGtc, &both)),
        (Reason::AttachedSide, attached(sale, Kind::BracketGtc, &both)),
        (Reason::AttachedPositive, bracket(&[("limit", "0"), ("trigger", "80")])),
        (Reason::AttachedPositive, bracket(&[("limit", "110")])),
        (Reason::AttachedLimit, bracket(&[("limit", "89"), ("trigger", "80")])),
        (Reason::AttachedTrigger, bracket(&[("limit", "110"), ("trigger", "91")])),
        (Reason::AttachedLimitPrecision, bracket(&[("limit", "110.001"), ("trigger", "80")])),
        (Reason::AttachedTriggerPrecision, bracket(&[("limit", "110"), ("trigger", "80.001")])),
        (Reason::SliceBelowBase, Draft { product_id: "DOGE-USD".to_owned(), ..slices }),
        (Reason::LadderDiscrepancy, twice),
        (Reason::LadderDiscrepancy, custom),
    ]
}

#[test]
fn each_reason_has_an_order_that_is_refused_for_it_and_leaves_nothing() {
    let mut seen = BTreeSet::new();
    let by_configuration = BY_CONFIGURATION
        .iter()
        .map(|(reason, side, kind, pairs)| (*reason, draft("refused", *side, *kind, pairs)));
    for (wanted, draft) in by_configuration.chain(other_cases()) {
        let mut venue = venue(&[]);
        let refused = refused(&mut venue, MAIN, draft.clone());
        assert_eq!(refused.reason, wanted, "{refused} for {draft:?}");
        assert_eq!(venue.orders(MAIN).unwrap().count(), 0);
        assert_eq!(purse(&venue, MAIN, "USD"), ("10000".to_owned(), "0".to_owned()));
        if wanted != Reason::ClientOrderId {
            assert_eq!(venue.preview(MAIN, &draft).unwrap().errors, [wanted]);
        }
        seen.insert(wanted);
    }
    seen.extend(by_state());
    seen.extend(by_market());
    let missing: Vec<_> = Reason::ALL.iter().filter(|reason| !seen.contains(reason)).collect();
    assert!(missing.is_empty(), "no order is refused for {missing:?}");
}

/// Reasons that a product's state gives.
fn by_state() -> Vec<Reason> {
    let market: (Kind, Pairs) = (Kind::MarketIoc, &[("base", "1")]);
    let limit: (Kind, Pairs) = (Kind::LimitGtc, &[("base", "1"), ("limit", "90")]);
    let post: (Kind, Pairs) =
        (Kind::LimitGtc, &[("base", "1"), ("limit", "90"), ("post_only", "true")]);
    let ioc: (Kind, Pairs) = (Kind::SorLimitIoc, &[("base", "1"), ("limit", "90")]);
    let cases = [
        (ProductStatus::ViewOnly, limit, Some(Reason::Untradable)),
        (ProductStatus::Delisted, limit, Some(Reason::Untradable)),
        (ProductStatus::Offline, limit, Some(Reason::Disabled)),
        (ProductStatus::CancelOnly, post, Some(Reason::MarketState)),
        (ProductStatus::LimitOnly, market, Some(Reason::MarketState)),
        (ProductStatus::LimitOnly, ioc, None),
        (ProductStatus::PostOnly, limit, Some(Reason::MarketState)),
        (ProductStatus::PostOnly, post, None),
        (ProductStatus::Auction, post, Some(Reason::MarketState)),
        (ProductStatus::Auction, ioc, Some(Reason::MarketState)),
        (ProductStatus::Auction, limit, None),
    ];
    let mut seen = Vec::new();
    for (status, (kind, pairs), wanted) in cases {
        let mut venue = venue(&[]);
        venue.set_status(sol(), status).unwrap();
        let answer = venue.create(MAIN, draft("one", BUY, kind, pairs)).unwrap();
        assert_eq!(answer.err().map(|refused| refused.reason), wanted, "{status:?} {kind:?}");
        seen.extend(wanted);
    }
    let mut venue = venue(&[]);
    venue.halt(sol(), at(DAY + 60)).unwrap();
    assert_eq!(reason(&mut venue, BUY, limit.0, limit.1), Reason::Halted);
    venue.advance(at(DAY + 60)).unwrap();
    send(&mut venue, MAIN, BUY, limit.0, limit.1);
    seen.push(Reason::Halted);
    seen
}

/// Reasons that the market gives: no trade, no book, an empty side, numbers too long.
fn by_market() -> Vec<Reason> {
    let mut seen = Vec::new();
    let unborn = exchange_sim::Recorded::new(
        &exchange_sim::Catalog::embedded().unwrap(),
        [(sol(), domain::Bars::with_capacity(domain::Granularity::M1, 0))],
        Vec::new(),
    );
    let terms = Terms { repeated_id: RepeatedId::Refuse, ..Terms::shipped().unwrap() };
    let mut empty = exchange_sim::spot::Venue::new(unborn, at(DAY), terms.clone()).unwrap();
    let profile = exchange_sim::spot::Profile::with_dollars("main", "10000").unwrap();
    empty.open_account(profile).unwrap();
    seen.push(reason(&mut empty, BUY, Kind::MarketIoc, &[("base", "1")]));
    let post: Pairs = &[("base", "1"), ("limit", "90"), ("post_only", "true")];
    seen.push(reason(&mut empty, BUY, Kind::LimitGtc, post));
    let plain: Pairs = &[("base", "1"), ("limit", "90")];
    send(&mut empty, MAIN, BUY, Kind::LimitGtc, plain);
    let again = draft("client-0-0", BUY, Kind::LimitGtc, plain);
    seen.push(refused(&mut empty, MAIN, again).reason);
    let absurd: Pairs = &[("base", "10"), ("limit", "79228162514264337593543950335")];
    seen.push(reason(&mut empty, BUY, Kind::LimitGtc, absurd));
    // All bids are gone.
    let mut venue = venue(&[]);
    let bids = venue.book(sol()).unwrap().unwrap().bids;
    let there: rust_decimal::Decimal = bids.iter().map(|level| level.size.get()).sum();
    venue.deposit(MAIN, "SOL".parse().unwrap(), there).unwrap();
    send(&mut venue, MAIN, SELL, Kind::MarketIoc, &[("base", &there.to_string())]);
    seen.push(reason(&mut venue, SELL, Kind::MarketIoc, &[("base", "1")]));
    let wanted = [
        Reason::NoTrade,
        Reason::NoBook,
        Reason::DuplicateClientOrderId,
        Reason::PriceTooLarge,
        Reason::NoLiquidity,
    ];
    assert_eq!(seen, wanted);
    seen
}

/// All of our names, with the published enum of Coinbase that must have them.
fn names() -> Vec<(&'static str, &'static str)> {
    let new = Reason::ALL.iter().map(|r| ("NewOrderFailureReason", r.new_order()));
    let preview = Reason::ALL.iter().map(|r| ("PreviewFailureReason", r.preview()));
    let cancel = CancelFailure::ALL.iter().map(|r| ("CancelOrderFailureReason", r.as_str()));
    let edit = EditReason::ALL.iter().map(|r| ("EditOrderFailureReason", r.as_str()));
    new.chain(preview).chain(cancel).chain(edit).collect()
}

#[test]
fn names_look_like_coinbases_and_say_something() {
    for (set, name) in names() {
        assert!(name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        assert_eq!(set == "PreviewFailureReason", name.contains("PREVIEW_"), "{set} {name}");
    }
    for reason in Reason::ALL {
        let unknown =
            reason.new_order().starts_with("UNKNOWN_") && reason.preview().starts_with("UNKNOWN_");
        assert!(!unknown, "{reason:?} says nothing");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where data lies")]
fn names_are_in_the_published_enums() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let told = std::env::var("TRADER_CANDLES_DIR").map_or(beside, PathBuf::from);
    let file = told.join("../coinbase/openapi/enums.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("SKIPPED: {} is not here, so names were only checked by form.", file.display());
        return;
    };
    let published: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (set, name) in names() {
        let values = published[set].as_array().unwrap();
        assert!(values.iter().any(|value| value == name), "{set} lacks {name}");
    }
}
