//! The venue's words for what an order asks for.

use domain::Timestamp;
use serde_json::{Value, json};

use super::{
    Attachable, Bracket, Configuration, Laddering, LimitLife, Market, Posting, PriceDistribution,
    Rung, Size, SizeDistribution, StopDirection, StopLimit, Twap,
};

impl Configuration {
    /// `order_configuration` on the wire.
    pub(in crate::rest::orders) fn to_wire(&self) -> Value {
        match self {
            Self::Plain(order, _) => order.to_wire(),
            Self::StopLimit(stop) => stop.to_wire(),
            Self::Bracket(bracket) => bracket.to_wire(),
            Self::Twap(twap) => twap.to_wire(),
            Self::Scaled(_, laddering) => json!({ "scaled_limit_gtc": laddering.to_wire() }),
        }
    }

    /// `attached_order_configuration` on the wire.
    pub(in crate::rest::orders) fn attached_to_wire(&self) -> Option<Value> {
        let Self::Plain(_, Some(bracket)) = self else { return None };
        Some(json!({ "trigger_bracket_gtc": {
            "limit_price": bracket.take_profit.to_string(),
            "stop_trigger_price": bracket.stop_trigger.to_string(),
        }}))
    }
}

impl Size {
    fn put(self, into: &mut Value) {
        match self {
            Self::Base(qty) => into["base_size"] = json!(qty.to_string()),
            Self::Quote(amount) => into["quote_size"] = json!(amount.to_string()),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Base(qty) => qty.to_string(),
            Self::Quote(amount) => amount.to_string(),
        }
    }
}

impl Attachable {
    fn to_wire(self) -> Value {
        let (size, price, life) = match self {
            Self::Market(order) => {
                let mut terms = json!({});
                match order {
                    Market::BuyFor(amount) => Size::Quote(amount).put(&mut terms),
                    Market::Buy(qty) | Market::Sell(qty) => Size::Base(qty).put(&mut terms),
                }
                return json!({ "market_market_ioc": terms });
            }
            Self::Limit { size, price, life, .. } => (size, price, life),
        };
        let mut terms = json!({ "limit_price": price.to_string() });
        size.put(&mut terms);
        match life {
            LimitLife::UntilCancelled(posting) => {
                terms["post_only"] = posting.to_wire();
                json!({ "limit_limit_gtc": terms })
            }
            LimitLife::Until(end, posting) => {
                terms["post_only"] = posting.to_wire();
                terms["end_time"] = json!(end);
                json!({ "limit_limit_gtd": terms })
            }
            LimitLife::ImmediateOrCancel => json!({ "sor_limit_ioc": terms }),
            LimitLife::FillOrKill => json!({ "limit_limit_fok": terms }),
        }
    }
}

impl Posting {
    fn to_wire(self) -> Value {
        Value::Bool(self == Self::PostOnly)
    }
}

impl StopLimit {
    fn to_wire(self) -> Value {
        let direction = match self.direction {
            StopDirection::Up => "STOP_DIRECTION_STOP_UP",
            StopDirection::Down => "STOP_DIRECTION_STOP_DOWN",
        };
        let mut terms = json!({
            "base_size": self.size.to_string(),
            "limit_price": self.limit.to_string(),
            "stop_price": self.stop.to_string(),
            "stop_direction": direction,
        });
        until(&mut terms, self.until, "stop_limit_stop_limit")
    }
}

impl Bracket {
    fn to_wire(self) -> Value {
        let mut terms = json!({
            "base_size": self.size.to_string(),
            "limit_price": self.take_profit.to_string(),
            "stop_trigger_price": self.stop_trigger.to_string(),
        });
        until(&mut terms, self.until, "trigger_bracket")
    }
}

/// The two variants of an order that may have an end.
fn until(terms: &mut Value, end: Option<Timestamp>, kind: &str) -> Value {
    let suffix = if let Some(end) = end {
        terms["end_time"] = json!(end);
        "gtd"
    } else {
        "gtc"
    };
    json!({ format!("{kind}_{suffix}"): terms })
}

impl Twap {
    fn to_wire(self) -> Value {
        let mut terms = json!({
            "limit_price": self.limit.to_string(),
            "start_time": self.start,
            "end_time": self.end,
            "number_buckets": self.buckets.to_string(),
            "bucket_size": self.bucket_size.text(),
            "bucket_duration": format!("{}s", self.bucket_secs),
        });
        self.size.put(&mut terms);
        json!({ "twap_limit_gtd": terms })
    }
}

impl Laddering {
    fn to_wire(&self) -> Value {
        match self {
            Self::Rungs(rungs) => {
                let orders: Vec<Value> = rungs.iter().map(|rung| rung.to_wire()).collect();
                json!({ "orders": orders })
            }
            Self::Spread { size, orders, min, max, prices, sizes } => {
                let prices = match prices {
                    PriceDistribution::Flat => "FLAT",
                    PriceDistribution::LinearIncreasing => "LINEAR_INCREASING",
                    PriceDistribution::LinearDecreasing => "LINEAR_DECREASING",
                };
                let sizes = match sizes {
                    SizeDistribution::Increasing => "INCREASING",
                    SizeDistribution::Decreasing => "DECREASING",
                    SizeDistribution::EvenlySplit => "EVENLY_SPLIT",
                };
                let mut terms = json!({
                    "num_orders": orders,
                    "min_price": min.to_string(),
                    "max_price": max.to_string(),
                    "price_distribution": prices,
                    "size_distribution": sizes,
                });
                size.put(&mut terms);
                terms
            }
        }
    }
}

impl Rung {
    fn to_wire(self) -> Value {
        let mut terms =
            json!({ "limit_price": self.price.to_string(), "post_only": self.posting.to_wire() });
        self.size.put(&mut terms);
        terms
    }
}
