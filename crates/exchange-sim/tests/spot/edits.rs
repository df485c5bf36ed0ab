//! Edits and previews.

use core::time::Duration;

use exchange_sim::spot::{
    CancelFailure, Delays, EditDraft, EditReason, Kind, Reason, Status, Terms,
};

use crate::world::*;

fn to(price: &str, size: &str) -> EditDraft {
    EditDraft { price: Some(price.to_owned()), size: Some(size.to_owned()), stop_price: None }
}

#[test]
fn an_edit_changes_price_size_and_hold_and_keeps_the_names() {
    let mut venue = venue(&[]);
    let pairs = [("base", "10"), ("limit", "90")];
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
    venue.edit(MAIN, id, &to("91", "5")).unwrap().unwrap();
    let edited = order(&venue, id);
    assert_eq!((edited.limit.unwrap().to_string(), edited.size), ("91".to_owned(), dec("5")));
    assert_eq!(edited.hold, dec("460.46"));
    assert_eq!(
        (edited.edits[0].price.to_string(), edited.edits[0].size),
        ("90".to_owned(), dec("10"))
    );
    for n in 0..6 {
        venue.edit(MAIN, id, &to("91", &(6 + n).to_string())).unwrap().unwrap();
    }
    assert_eq!(order(&venue, id).edits.len(), 5);
    // At the market's price it takes.
    venue.edit(MAIN, id, &to("101", "2")).unwrap().unwrap();
    assert_eq!(order(&venue, id).status, Status::Filled);
}

#[test]
fn a_smaller_size_keeps_the_place_in_line_and_anything_else_loses_it() {
    for (price, size, first) in [("99", "2", MAIN), ("99", "4", OTHER), ("98.99", "3", OTHER)] {
        let mut venue = venue(&[]);
        let pairs = [("base", "3"), ("limit", "99")];
        let one = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
        let other = send(&mut venue, OTHER, BUY, Kind::LimitGtc, &pairs);
        venue.edit(MAIN, one, &to(price, size)).unwrap().unwrap();
        // A third account sells down to 99 through the market's own bids.
        let seller = venue.open_account(exchange_sim::spot::Profile {
            name: "seller".to_owned(),
            funds: vec![("SOL".parse().unwrap(), dec("100000"))],
            prior_volume: None,
        });
        let book = venue.book(sol()).unwrap().unwrap();
        let above: rust_decimal::Decimal =
            book.bids.iter().filter(|l| l.price.get() > dec("99")).map(|l| l.size.get()).sum();
        let size = (above + dec("1")).to_string();
        send(
            &mut venue,
            seller.unwrap(),
            SELL,
            Kind::SorLimitIoc,
            &[("base", &size), ("limit", "99")],
        );
        let filled =
            if order(&venue, one).filled > order(&venue, other).filled { MAIN } else { OTHER };
        assert_eq!(filled, first, "{price} {size}");
    }
}

#[test]
fn each_refused_edit_has_its_reason_and_changes_nothing() {
    let mut venue = venue(&[]);
    let open = [("base", "10"), ("limit", "90")];
    let post = [("base", "1"), ("limit", "90"), ("post_only", "true")];
    let stop = [("base", "1"), ("stop", "97"), ("limit", "96"), ("direction", "down")];
    let bracket = [("base", "1"), ("limit", "105"), ("trigger", "95")];
    let end = (DAY + 60).to_string();
    let until = [("base", "1"), ("limit", "90"), ("end", end.as_str())];
    let limit = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &open);
    let post = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &post);
    let stop = send(&mut venue, MAIN, SELL, Kind::StopLimitGtc, &stop);
    let bracket = send(&mut venue, MAIN, SELL, Kind::BracketGtc, &bracket);
    let until = send(&mut venue, MAIN, BUY, Kind::LimitGtd, &until);
    let money = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("quote", "90"), ("limit", "90")]);
    let gone = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "101")]);
    let with_stop = |price: &str, size: &str, stop: &str| EditDraft {
        stop_price: Some(stop.to_owned()),
        ..to(price, size)
    };
    let none = EditDraft { price: Some("91".to_owned()), ..EditDraft::default() };
    let cases = [
        (limit, to("90", "10"), EditReason::Equal, None),
        (limit, none, EditReason::Size, None),
        (limit, to("90", "x"), EditReason::Size, None),
        (limit, to("90", "0"), EditReason::Size, None),
        (limit, to("90.001", "10"), EditReason::Price, None),
        (limit, to("-1", "10"), EditReason::Price, None),
        (limit, to("95", "200"), EditReason::Rejected, Some(Reason::Funds)),
        (limit, with_stop("90", "9", "80"), EditReason::StopNotSupported, None),
        (post, to("101", "1"), EditReason::Rejected, Some(Reason::PostOnlyWouldTake)),
        (stop, with_stop("96", "1", "x"), EditReason::StopPrice, None),
        (stop, with_stop("96", "1", "101"), EditReason::Rejected, Some(Reason::StopAboveLast)),
        (bracket, to("99", "1"), EditReason::Rejected, Some(Reason::BracketLimit)),
        (until, to("91", "1"), EditReason::NotLimit, None),
        (money, to("91", "1"), EditReason::SizeInQuote, None),
        (gone, to("91", "1"), EditReason::NotOpen, None),
    ];
    for (id, edit, wanted, preview) in cases {
        let before = order(&venue, id).clone();
        let refused = venue.edit(MAIN, id, &edit).unwrap().unwrap_err();
        assert_eq!((refused.edit, refused.preview), (wanted, preview), "{edit:?}");
        let foreseen = venue.preview_edit(MAIN, id, &edit).unwrap();
        assert_eq!(foreseen.errors, [refused]);
        assert_eq!(*order(&venue, id), before);
    }
    let foreign = venue.edit(OTHER, limit, &to("91", "1")).unwrap().unwrap_err();
    assert_eq!(foreign.edit, EditReason::NotFound);
    let moved = with_stop("95", "1", "96");
    venue.edit(MAIN, stop, &moved).unwrap().unwrap();
    assert_eq!(order(&venue, stop).stop.unwrap().to_string(), "96");
}

#[test]
fn a_partly_filled_order_is_not_edited_below_its_fills() {
    let mut venue = venue(&[[100.0, 100.0, 98.0, 98.5, 100.0]]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "50"), ("limit", "99")]);
    venue.advance(at(DAY + 60)).unwrap();
    let filled = order(&venue, id).filled;
    assert!(filled > dec("1"));
    let refused = venue.edit(MAIN, id, &to("99", "1")).unwrap().unwrap_err();
    assert_eq!(refused.edit, EditReason::BelowFilled);
}

#[test]
fn one_edit_waits_at_a_time() {
    let delays = Delays {
        edit: Duration::from_secs(2),
        cancel: Duration::from_secs(2),
        ..Delays::default()
    };
    let terms = Terms { delays, max_edits: 1, ..Terms::shipped().unwrap() };
    let mut venue = venue_with(terms, &[]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "90")]);
    venue.edit(MAIN, id, &to("91", "1")).unwrap().unwrap();
    assert_eq!(order(&venue, id).status, Status::EditQueued);
    assert_eq!(order(&venue, id).limit.unwrap().to_string(), "90");
    let again = venue.edit(MAIN, id, &to("92", "1")).unwrap().unwrap_err();
    assert_eq!(again.edit, EditReason::AlreadyBeingReplaced);
    assert_eq!(venue.cancel(MAIN, id).unwrap(), Err(CancelFailure::BeingReplaced));
    venue.advance(at(DAY + 2)).unwrap();
    assert_eq!(order(&venue, id).limit.unwrap().to_string(), "91");
    let refused = venue.edit(MAIN, id, &to("92", "1")).unwrap().unwrap_err();
    assert_eq!(refused.edit, EditReason::TooMany);
    venue.cancel(MAIN, id).unwrap().unwrap();
    let refused = venue.edit(MAIN, id, &to("92", "1")).unwrap().unwrap_err();
    assert_eq!(refused.edit, EditReason::PendingCancel);
}

#[test]
fn a_woken_stop_and_a_bracket_at_work_are_not_edited() {
    let mut venue = venue(&[[96.0, 96.0, 94.0, 94.0, 1000.0]]);
    let stop = [("base", "1"), ("stop", "99"), ("limit", "98"), ("direction", "down")];
    let stop = send(&mut venue, MAIN, SELL, Kind::StopLimitGtc, &stop);
    venue.advance(at(DAY + 60)).unwrap();
    let moved = EditDraft { stop_price: Some("80".to_owned()), ..to("98", "2") };
    let woken = venue.edit(MAIN, stop, &moved).unwrap().unwrap_err();
    assert_eq!(woken.edit, EditReason::StopTriggered);
    // A bracket whose profit leg has sold a part.
    let mut venue = venue_of_profit();
    let bracket = [("base", "50"), ("limit", "105"), ("trigger", "95")];
    let bracket = send(&mut venue, MAIN, SELL, Kind::BracketGtc, &bracket);
    venue.advance(at(DAY + 60)).unwrap();
    assert_eq!(order(&venue, bracket).status, Status::Open);
    let at_work = venue.edit(MAIN, bracket, &to("106", "50")).unwrap().unwrap_err();
    assert_eq!(at_work.edit, EditReason::Triggered);
}

/// The market trades above 105 with little volume.
fn venue_of_profit() -> exchange_sim::spot::Venue {
    venue(&[[100.0, 106.0, 100.0, 100.0, 10.0]])
}

#[test]
fn a_preview_says_what_the_order_then_does() {
    let cases: [(_, _, &[(&str, &str)]); 5] = [
        (BUY, Kind::MarketIoc, &[("quote", "250")]),
        (BUY, Kind::MarketIoc, &[("base", "3")]),
        (SELL, Kind::MarketIoc, &[("base", "3")]),
        (BUY, Kind::SorLimitIoc, &[("base", "3"), ("limit", "101")]),
        (BUY, Kind::LimitGtc, &[("base", "3"), ("limit", "101")]),
    ];
    for (side, kind, pairs) in cases {
        let mut venue = venue(&[]);
        let draft = draft("one", side, kind, pairs);
        let preview = venue.preview(MAIN, &draft).unwrap();
        assert_eq!(preview.errors, []);
        let id = place(&mut venue, MAIN, draft).order;
        let done = order(&venue, id);
        assert_eq!(preview.base_size, done.filled, "{kind:?}");
        assert_eq!(preview.quote_size, done.filled_value.get(), "{kind:?}");
        let off = (preview.order_total - done.total_after_fees()).abs();
        assert!(off < dec("0.000000000001"), "{kind:?} {off}");
    }
    // What would be refused says why, and leaves nothing.
    let venue = venue(&[]);
    let poor = draft("one", BUY, Kind::LimitGtc, &[("base", "1000"), ("limit", "90")]);
    assert_eq!(venue.preview(MAIN, &poor).unwrap().errors, [Reason::Funds]);
    let odd = draft("one", BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "0")]);
    assert_eq!(venue.preview(MAIN, &odd).unwrap().errors, [Reason::LimitPrice]);
    assert_eq!(venue.orders(MAIN).unwrap().count(), 0);
}
