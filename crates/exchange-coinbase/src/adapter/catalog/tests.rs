use super::*;

fn listed(id: &str, alias: &str, change: &str) -> rest::Product {
    let json = format!(
        r#"{{"product_id":"{id}","price":"100","price_percentage_change_24h":"1","volume_24h":"5","volume_percentage_change_24h":"1","base_increment":"0.0001","quote_increment":"0.01","quote_min_size":"1","quote_max_size":"1000000","base_min_size":"0.0001","base_max_size":"1000","price_increment":"0.01","status":"online","is_disabled":false,"trading_disabled":false,"cancel_only":false,"limit_only":false,"post_only":false,"auction_mode":false,"product_type":"SPOT","alias":"{alias}"}}"#
    );
    let (from, to) = change.split_once('>').unwrap_or(("", ""));
    serde_json::from_str(&json.replace(from, to)).unwrap()
}

fn ids(catalog: &Catalog) -> Vec<&str> {
    catalog.products.iter().map(|product| product.id.as_str()).collect()
}

#[test]
fn two_names_of_one_book_are_one_product() {
    let list = [listed("BTC-USDC", "BTC-USD", ""), listed("BTC-USD", "", "")];
    let catalog = Catalog::new(&list, &Selection::default(), Duration::ZERO);
    assert_eq!(ids(&catalog), ["BTC-USD"]);
    let usdc = "BTC-USDC".parse().unwrap();
    assert_eq!(catalog.canonical(usdc).as_str(), "BTC-USD");
    let only = Some(BTreeSet::from(["ETH-USDC".parse().unwrap()]));
    let list =
        [&list[..], &[listed("ETH-USD", "", ""), listed("ETH-USDC", "ETH-USD", "")]].concat();
    let catalog = Catalog::new(&list, &Selection { only, ..Selection::default() }, Duration::ZERO);
    assert_eq!(ids(&catalog), ["BTC-USD", "ETH-USD"]);
}

#[test]
fn what_cannot_be_priced_or_is_not_spot_against_dollars_is_left_out() {
    let list = [
        listed("AAA-EUR", "", ""),
        listed("BBB-USD", "", r#""SPOT">"FUTURE""#),
        listed("CCC-USD", "", r#""price_increment":"0.01">"price_increment":"0""#),
        listed("DDD-USD", "", r#""price_increment":"0.01",>"#),
        listed("EEE-USD", "", ""),
    ];
    assert_eq!(ids(&Catalog::new(&list, &Selection::default(), Duration::ZERO)), ["EEE-USD"]);
}

#[test]
fn the_strictest_flag_is_the_status() {
    let cases = [
        ("", ProductStatus::Online),
        (r#""limit_only":false>"limit_only":true"#, ProductStatus::LimitOnly),
        (r#""post_only":false>"post_only":true"#, ProductStatus::PostOnly),
        (r#""auction_mode":false>"auction_mode":true"#, ProductStatus::Auction),
        (r#""cancel_only":false>"cancel_only":true"#, ProductStatus::CancelOnly),
        (r#""alias">"view_only":true,"alias""#, ProductStatus::ViewOnly),
        (r#""trading_disabled":false>"trading_disabled":true"#, ProductStatus::Offline),
        (r#""is_disabled":false>"is_disabled":true"#, ProductStatus::Offline),
        (r#""online">"delisted""#, ProductStatus::Delisted),
        (r#""online">"dormant""#, ProductStatus::Offline),
    ];
    for (change, expected) in cases {
        let catalog =
            Catalog::new(&[listed("AAA-USD", "", change)], &Selection::default(), Duration::ZERO);
        assert_eq!(catalog.products[0].status, expected, "{change}");
    }
}
