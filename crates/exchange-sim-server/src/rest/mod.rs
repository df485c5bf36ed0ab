//! REST: which path does what, and for whom.

mod accounts;
mod book;
pub(crate) mod call;
mod convert;
mod derivatives;
mod fees;
mod fills;
mod handle;
pub(crate) mod market;
pub(crate) mod order_json;
mod order_list;
mod order_parse;
mod orders;
mod portfolios;
pub(crate) mod products;
mod v2;

use call::{Answer, Call};

pub(crate) use handle::{Request, handle};

/// The prefix of Advanced Trade's paths.
pub(crate) const PREFIX: &str = "/api/v3/brokerage";

/// What a key needs for a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing, nor a key.
    Public,
    View,
    Trade,
    Transfer,
}

pub(crate) struct Route {
    method: &'static str,
    /// Below the prefix; `{}` is any one segment.
    path: &'static str,
    need: Need,
    answer: fn(&mut Call<'_>) -> Answer,
}

const fn route(
    method: &'static str,
    path: &'static str,
    need: Need,
    answer: fn(&mut Call<'_>) -> Answer,
) -> Route {
    Route { method, path, need, answer }
}

/// Fixed segments stand before `{}`, since the first match decides.
const ROUTES: &[Route] = &[
    route("GET", "/time", Need::Public, market::time),
    route("GET", "/accounts", Need::View, accounts::list),
    route("GET", "/accounts/{}", Need::View, accounts::get),
    route("GET", "/best_bid_ask", Need::View, book::best),
    route("GET", "/product_book", Need::View, book::book),
    route("GET", "/products", Need::View, products::list),
    route("GET", "/products/{}", Need::View, products::get),
    route("GET", "/products/{}/candles", Need::View, market::candles),
    route("GET", "/products/{}/ticker", Need::View, market::trades),
    route("GET", "/market/product_book", Need::Public, book::book),
    route("GET", "/market/products", Need::Public, products::list_public),
    route("GET", "/market/products/{}", Need::Public, products::get_public),
    route("GET", "/market/products/{}/candles", Need::Public, market::candles),
    route("GET", "/market/products/{}/ticker", Need::Public, market::trades),
    route("POST", "/orders", Need::Trade, orders::create),
    route("POST", "/orders/batch_cancel", Need::Trade, orders::cancel),
    route("POST", "/orders/edit", Need::Trade, orders::edit),
    route("POST", "/orders/edit_preview", Need::View, orders::edit_preview),
    route("POST", "/orders/preview", Need::View, orders::preview),
    route("POST", "/orders/close_position", Need::Trade, derivatives::close_position),
    route("GET", "/orders/historical/batch", Need::View, order_list::list),
    route("GET", "/orders/historical/fills", Need::View, fills::list),
    route("GET", "/orders/historical/{}", Need::View, order_list::get),
    route("GET", "/portfolios", Need::View, portfolios::list),
    route("POST", "/portfolios", Need::Trade, portfolios::create),
    route("POST", "/portfolios/move_funds", Need::Transfer, portfolios::move_funds),
    route("GET", "/portfolios/{}", Need::View, portfolios::breakdown),
    route("PUT", "/portfolios/{}", Need::Trade, portfolios::rename),
    route("DELETE", "/portfolios/{}", Need::Trade, portfolios::delete),
    route("GET", "/transaction_summary", Need::View, fees::summary),
    route("POST", "/convert/quote", Need::Trade, convert::quote),
    route("GET", "/convert/trade/{}", Need::View, convert::get),
    route("POST", "/convert/trade/{}", Need::Trade, convert::commit),
    route("GET", "/payment_methods", Need::View, accounts::payment_methods),
    route("GET", "/payment_methods/{}", Need::View, accounts::payment_method),
    route("GET", "/key_permissions", Need::View, accounts::key_permissions),
    route("GET", "/cfm/balance_summary", Need::View, derivatives::balance_summary),
    route("GET", "/cfm/positions", Need::View, derivatives::positions),
    route("GET", "/cfm/positions/{}", Need::View, derivatives::none),
    route("GET", "/cfm/sweeps", Need::View, derivatives::sweeps),
    route("POST", "/cfm/sweeps/schedule", Need::Transfer, derivatives::not_enabled),
    route("DELETE", "/cfm/sweeps", Need::Transfer, derivatives::not_enabled),
    route("GET", "/cfm/intraday/margin_setting", Need::View, derivatives::margin_setting),
    route("POST", "/cfm/intraday/margin_setting", Need::Trade, derivatives::not_enabled),
    route("GET", "/cfm/intraday/current_margin_window", Need::View, derivatives::margin_window),
    route("GET", "/intx/portfolio/{}", Need::View, derivatives::none),
    route("GET", "/intx/positions/{}", Need::View, derivatives::none),
    route("GET", "/intx/positions/{}/{}", Need::View, derivatives::none),
    route("GET", "/intx/balances/{}", Need::View, derivatives::none),
    route("POST", "/intx/allocate", Need::Transfer, derivatives::not_enabled),
    route("POST", "/intx/multi_asset_collateral", Need::Trade, derivatives::not_enabled),
];

/// The older API's reads that clients of the newer one still make.
const V2_ROUTES: &[Route] = &[
    route("GET", "/v2/time", Need::Public, v2::time),
    route("GET", "/v2/currencies", Need::Public, v2::currencies),
    route("GET", "/v2/currencies/crypto", Need::Public, v2::crypto),
    route("GET", "/v2/exchange-rates", Need::Public, v2::rates),
    route("GET", "/v2/accounts", Need::View, v2::accounts),
    route("GET", "/v2/accounts/{}", Need::View, v2::account),
    route("GET", "/v2/accounts/{}/transactions", Need::View, v2::empty),
    route("GET", "/v2/accounts/{}/addresses", Need::View, v2::empty),
];

/// The route of a request with the segments that `{}` stands for.
pub(crate) fn find<'p>(method: &str, path: &'p str) -> Option<(&'static Route, Vec<&'p str>)> {
    let (routes, below) = match path.strip_prefix(PREFIX) {
        Some(below) => (ROUTES, below),
        None => (V2_ROUTES, path),
    };
    let of_method = routes.iter().filter(|route| route.method == method);
    of_method.into_iter().find_map(|route| Some((route, segments(route.path, below)?)))
}

fn segments<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let (mut wanted, mut got) = (pattern.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (wanted.next(), got.next()) {
            (None, None) => return Some(found),
            (Some("{}"), Some(segment)) if !segment.is_empty() => found.push(segment),
            (Some(w), Some(g)) if w == g => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_segments_are_found_before_the_ones_that_stand_for_any() {
        let cases = [
            ("GET", "/orders/historical/batch", "/orders/historical/batch", 0),
            ("GET", "/orders/historical/fills", "/orders/historical/fills", 0),
            ("GET", "/orders/historical/abc", "/orders/historical/{}", 1),
            ("POST", "/portfolios/move_funds", "/portfolios/move_funds", 0),
            ("GET", "/intx/positions/a/b", "/intx/positions/{}/{}", 2),
        ];
        for (method, path, pattern, count) in cases {
            let full = format!("{PREFIX}{path}");
            let (route, found) = find(method, &full).unwrap();
            assert_eq!((route.path, found.len()), (pattern, count));
        }
        assert!(find("GET", "/api/v3/brokerage/nothing").is_none());
        assert!(find("POST", "/api/v3/brokerage/time").is_none());
        assert!(find("GET", "/v2/accounts/x/transactions").is_some());
    }
}
