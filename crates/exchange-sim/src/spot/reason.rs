//! Why the venue says no, in Coinbase's words: closed sets, each name an official one.

use core::fmt;

/// Declares the reasons with their two official names and what is said beside them.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident, $new:literal, $preview:literal, $says:literal;)*) => {
        /// Why an order is refused. Coinbase gives each refusal a `new_order_failure_reason` and a
        /// `preview_failure_reason`; where it has only one of them, the other is the `UNKNOWN` one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Coinbase's `new_order_failure_reason`.
            pub const fn new_order(self) -> &'static str {
                match self { $(Self::$name => $new,)* }
            }

            /// Coinbase's `preview_failure_reason`.
            pub const fn preview(self) -> &'static str {
                match self { $(Self::$name => $preview,)* }
            }

            /// What is said beside it.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }
        }
    };
}

reasons! {
    /// No such product.
    Product, "INVALID_PRODUCT_ID", "PREVIEW_INVALID_PRODUCT_ID", "Invalid product_id";
    /// Neither buy nor sell.
    Side, "INVALID_SIDE", "PREVIEW_INVALID_SIDE", "Invalid side";
    /// No configuration, more than one, or one that this venue does not take.
    Configuration, "UNSUPPORTED_ORDER_CONFIGURATION", "PREVIEW_INVALID_ORDER_CONFIG",
        "Unsupported order configuration";
    /// A size is missing, both are given, or the kind has another unit.
    Sizes, "INVALID_REQUEST", "PREVIEW_INVALID_ORDER_CONFIG",
        "Exactly one size is needed, in a unit that this order has";
    /// A text that should be a number is none.
    NonNumeric, "INVALID_REQUEST", "PREVIEW_NON_NUMERIC_ORDER_SIZE", "Not a number";
    /// The client order id is empty or too long.
    ClientOrderId, "INVALID_REQUEST", "UNKNOWN_PREVIEW_FAILURE_REASON",
        "client_order_id must have 1 to 128 characters";
    /// The client order id was used, and the venue refuses that.
    DuplicateClientOrderId, "DUPLICATE_CLIENT_ORDER_ID", "UNKNOWN_PREVIEW_FAILURE_REASON",
        "client_order_id was used before";
    /// The base size is no multiple of the base increment.
    BasePrecision, "INVALID_SIZE_PRECISION", "PREVIEW_INVALID_SIZE_PRECISION",
        "Too many decimals in order amount";
    /// The quote size is no multiple of the quote increment.
    QuotePrecision, "INVALID_SIZE_PRECISION", "PREVIEW_INVALID_QUOTE_SIZE_PRECISION",
        "Too many decimals in quote_size";
    /// The limit price is off the price increment.
    LimitPrecision, "INVALID_PRICE_PRECISION", "PREVIEW_INVALID_LIMIT_PRICE_PRECISION",
        "Too many decimals in limit_price";
    /// The stop price is off the price increment.
    StopPrecision, "INVALID_PRICE_PRECISION", "PREVIEW_INVALID_STOP_PRICE_PRECISION",
        "Too many decimals in stop_price";
    /// A bracket's limit is off the price increment.
    BracketLimitPrecision, "INVALID_PRICE_PRECISION", "PREVIEW_INVALID_BRACKET_LIMIT_PRICE_PRECISION",
        "Too many decimals in limit_price";
    /// A bracket's trigger is off the price increment.
    TriggerPrecision, "INVALID_PRICE_PRECISION", "PREVIEW_INVALID_STOP_TRIGGER_PRICE_PRECISION",
        "Too many decimals in stop_trigger_price";
    /// Below the smallest base size.
    BaseTooSmall, "INVALID_REQUEST", "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL", "Order is too small";
    /// Above the largest base size.
    BaseTooLarge, "INVALID_REQUEST", "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE", "Order is too large";
    /// Below the smallest quote value.
    QuoteTooSmall, "INVALID_REQUEST", "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",
        "Order value is too small";
    /// Above the largest quote value.
    QuoteTooLarge, "INVALID_REQUEST", "PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE",
        "Order value is too large";
    /// A limit price is missing or not above 0.
    LimitPrice, "INVALID_LIMIT_PRICE", "PREVIEW_INVALID_LIMIT_PRICE", "Invalid limit_price";
    /// Price times size leaves what the venue can count.
    PriceTooLarge, "INVALID_LIMIT_PRICE", "PREVIEW_INVALID_PRICE_TOO_LARGE",
        "limit_price is too large";
    /// A stop price is missing or not above 0.
    StopPrice, "INVALID_REQUEST", "PREVIEW_INVALID_STOP_PRICE", "Invalid stop_price";
    /// The limit would not be reached in any market near this one.
    TooFarFromMarket, "LIMIT_PRICE_TOO_FAR_FROM_MARKET", "PREVIEW_LIMIT_PRICE_TOO_FAR_FROM_MARKET",
        "limit_price is too far from the market";
    /// A post-only order would take.
    PostOnlyWouldTake, "INVALID_LIMIT_PRICE_POST_ONLY", "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
        "A post-only order may not match at once";
    /// The account cannot cover it.
    Funds, "INSUFFICIENT_FUND", "PREVIEW_INSUFFICIENT_FUND",
        "Insufficient balance in source account";
    /// Nobody is on the other side of the book.
    NoLiquidity, "INVALID_NO_LIQUIDITY", "PREVIEW_INVALID_NO_LIQUIDITY",
        "There is no liquidity on the other side";
    /// The order needs a book to be judged against, and there is none.
    NoBook, "INVALID_NO_LIQUIDITY", "PREVIEW_MISSING_PRODUCT_PRICE_BOOK", "There is no book now";
    /// The order needs a last trade to be judged against, and there is none.
    NoTrade, "MISSING_MARKET_TRADE_DATA", "PREVIEW_MISSING_MARKET_TRADE_DATA",
        "There is no trade yet";
    /// The product takes no order of this kind now: cancel-only, limit-only, post-only, auction.
    MarketState, "ORDER_ENTRY_DISABLED", "PREVIEW_NOT_ALLOWED_BY_MARKET_STATE",
        "The product does not take such an order now";
    /// Trading of the product is disabled.
    Disabled, "TRADING_DISABLED", "PREVIEW_TRADING_DISABLED", "Trading is disabled";
    /// The product is view-only or delisted.
    Untradable, "UNTRADABLE_PRODUCT", "PREVIEW_UNTRADABLE_PRODUCT", "The product cannot be traded";
    /// The product is halted.
    Halted, "PRODUCT_TRADING_HALTED", "PREVIEW_PRODUCT_TRADING_HALTED", "Trading is halted";
    /// It should end at a time and names none.
    EndMissing, "GTD_ORDERS_MUST_HAVE_END_TIME", "PREVIEW_GTD_ORDERS_MUST_HAVE_END_TIME",
        "end_time is missing";
    /// The end has passed.
    EndPast, "END_TIME_IS_IN_THE_PAST", "PREVIEW_END_TIME_IS_IN_THE_PAST", "end_time has passed";
    /// The end is too far ahead.
    EndTooFar, "END_TIME_TOO_FAR_IN_FUTURE", "PREVIEW_END_TIME_TOO_FAR_IN_FUTURE",
        "end_time is too far ahead";
    /// Fill-or-kill on anything but a limit order.
    FokNotLimit, "FOK_ONLY_ALLOWED_ON_LIMIT_ORDERS", "PREVIEW_FOK_ONLY_ALLOWED_ON_LIMIT_ORDERS",
        "Fill-or-kill is for limit orders";
    /// Post-only and fill-or-kill.
    FokPostOnly, "POST_ONLY_NOT_ALLOWED_WITH_FOK", "PREVIEW_POST_ONLY_NOT_ALLOWED_WITH_FOK",
        "Post-only is not allowed with fill-or-kill";
    /// A stop waits for a fall to a price that the last trade is already below.
    StopAboveLast, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
        "stop_price is above the last trade";
    /// A stop waits for a rise to a price that the last trade is already above.
    StopBelowLast, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
        "stop_price is below the last trade";
    /// A stop buy whose limit is below its stop.
    StopAboveLimit, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE",
        "stop_price is above limit_price";
    /// A stop sale whose limit is above its stop.
    StopBelowLimit, "UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE",
        "stop_price is below limit_price";
    /// A bracket that buys.
    BracketSide, "BRACKET_ORDER_NOT_SUPPORTED", "PREVIEW_INVALID_BRACKET_ORDER_SIDE",
        "Bracket orders can only sell";
    /// A bracket sized in quote units.
    BracketQuoteSize, "QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET",
        "PREVIEW_QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET", "Bracket orders take a base size";
    /// A bracket's limit that is missing, not above 0, or not above the market.
    BracketLimit, "INVALID_BRACKET_LIMIT_PRICE", "PREVIEW_INVALID_BRACKET_LIMIT_PRICE",
        "limit_price must be above the last trade";
    /// A bracket's trigger that is missing, not above 0, or not below the market.
    BracketTrigger, "INVALID_BRACKET_STOP_TRIGGER_PRICE",
        "PREVIEW_INVALID_BRACKET_STOP_TRIGGER_PRICE",
        "stop_trigger_price must be below the last trade";
    /// A bracket whose trigger is not below its limit.
    BracketPrices, "INVALID_BRACKET_PRICES", "PREVIEW_INVALID_BRACKET_PRICES",
        "stop_trigger_price must be below limit_price";
    /// A bracket's limit that is far from the market.
    BracketLimitFar, "BRACKET_LIMIT_PRICE_OUT_OF_BOUNDS",
        "PREVIEW_BRACKET_LIMIT_PRICE_OUT_OF_BOUNDS", "limit_price is too far from the market";
    /// A bracket's trigger that is far from the market.
    BracketTriggerFar, "STOP_TRIGGER_PRICE_OUT_OF_BOUNDS",
        "PREVIEW_STOP_TRIGGER_PRICE_OUT_OF_BOUNDS",
        "stop_trigger_price is too far from the market";
    /// An attached bracket with a size of its own.
    AttachedSize, "ATTACHED_ORDER_SIZE_MUST_BE_NIL", "PREVIEW_ATTACHED_ORDER_SIZE_MUST_BE_NIL",
        "An attached order takes its size from its parent";
    /// A bracket attached to what is neither a market nor a limit order.
    AttachedParent, "ATTACHED_ORDERS_ONLY_ALLOWED_ON_MARKET_LIMIT",
        "PREVIEW_ATTACHED_ORDERS_ONLY_ALLOWED_ON_MARKET_LIMIT",
        "Only market and limit orders can have an attached order";
    /// Something else than a bracket attached.
    AttachedKind, "INVALID_ORDER_TYPE_FOR_ATTACHED", "PREVIEW_INVALID_ORDER_TYPE_FOR_ATTACHED",
        "Only a bracket can be attached";
    /// A bracket attached to a sale: a spot bracket sells, and there would be nothing left.
    AttachedSide, "INVALID_ORDER_SIDE_FOR_ATTACHED_TPSL",
        "PREVIEW_INVALID_ORDER_SIDE_FOR_ATTACHED_TPSL", "An attached order needs a buying parent";
    /// An attached price that is missing or not above 0.
    AttachedPositive, "ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES",
        "PREVIEW_ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES",
        "An attached order needs prices above 0";
    /// An attached limit that is not above what the parent may pay.
    AttachedLimit, "INVALID_ATTACHED_TAKE_PROFIT_PRICE",
        "PREVIEW_INVALID_ATTACHED_TAKE_PROFIT_PRICE", "The take-profit price is too low";
    /// An attached trigger that is not below what the parent may pay.
    AttachedTrigger, "INVALID_ATTACHED_STOP_LOSS_PRICE",
        "PREVIEW_INVALID_ATTACHED_STOP_LOSS_PRICE", "The stop-loss price is too high";
    /// An attached limit off the price increment.
    AttachedLimitPrecision, "INVALID_ATTACHED_TAKE_PROFIT_PRICE_PRECISION",
        "PREVIEW_INVALID_ATTACHED_TAKE_PROFIT_PRICE_PRECISION",
        "Too many decimals in the take-profit price";
    /// An attached trigger off the price increment.
    AttachedTriggerPrecision, "INVALID_ATTACHED_STOP_LOSS_PRICE_PRECISION",
        "PREVIEW_INVALID_ATTACHED_STOP_LOSS_PRICE_PRECISION",
        "Too many decimals in the stop-loss price";
    /// A sliced order without a beginning.
    StartMissing, "START_TIME_MUST_BE_SPECIFIED", "PREVIEW_START_TIME_MUST_BE_SPECIFIED",
        "start_time is missing";
    /// A sliced order whose slices are too short.
    DurationTooSmall, "DURATION_TOO_SMALL", "PREVIEW_DURATION_TOO_SMALL",
        "The slices are too short";
    /// A sliced order whose slices do not end in its time.
    DurationTooLarge, "DURATION_TOO_LARGE", "PREVIEW_DURATION_TOO_LARGE",
        "The slices take longer than the order lives";
    /// A slice below the smallest base size.
    SliceBelowBase, "BUCKET_SIZE_SMALLER_THAN_BASE_MIN",
        "PREVIEW_BUCKET_SIZE_SMALLER_THAN_BASE_MIN", "The slices are too small";
    /// A slice below the smallest quote value.
    SliceBelowQuote, "BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN",
        "PREVIEW_BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN", "The slices are worth too little";
    /// A ladder that cannot be built from what is given.
    LadderInfeasible, "SCALED_PARAM_INFEASIBLE", "PREVIEW_SCALED_PARAM_INFEASIBLE",
        "The ladder cannot be built";
    /// A ladder whose list and parameters disagree.
    LadderDiscrepancy, "SCALED_PARAM_DISCREPANCY", "PREVIEW_SCALED_PARAM_DISCREPANCY",
        "The ladder is described twice";
    /// A rung below the product's smallest sizes.
    LadderMin, "SCALED_MIN_ORDER_VIOLATION", "PREVIEW_SCALED_MIN_ORDER_VIOLATION",
        "A rung of the ladder is too small";
    /// A rung above the product's largest sizes, or too many rungs.
    LadderMax, "SCALED_MAX_ORDER_VIOLATION", "PREVIEW_SCALED_MAX_ORDER_VIOLATION",
        "A rung of the ladder is too large, or there are too many";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// A refused order: nothing of it remains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}{detail}", if detail.is_empty() { "" } else { ": " })]
pub struct Rejection {
    /// Why.
    pub reason: Reason,
    /// Which value, and what would be right; may be empty.
    pub detail: String,
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: String::new() }
    }
}

/// Declares a closed set of official names.
macro_rules! names {
    ($(#[$doc:meta])* $set:ident { $($(#[$each:meta])* $name:ident, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $set {
            $($(#[$each])* $name,)*
        }

        impl $set {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Coinbase's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

names! {
    /// Why an order is not cancelled.
    CancelFailure {
        /// No such order of this account.
        Unknown, "UNKNOWN_CANCEL_ORDER";
        /// It is cancelled, or a cancel waits.
        Duplicate, "DUPLICATE_CANCEL_REQUEST";
        /// It is filled.
        Filled, "ORDER_IS_FULLY_FILLED";
        /// An edit waits.
        BeingReplaced, "ORDER_IS_BEING_REPLACED";
        /// It expired or failed.
        Ended, "INVALID_CANCEL_REQUEST";
    }
}

names! {
    /// Why an order is not edited.
    EditReason {
        /// No such order of this account.
        NotFound, "ORDER_NOT_FOUND";
        /// It has ended.
        NotOpen, "ONLY_OPEN_ORDERS_CAN_BE_EDITED";
        /// It is not good until cancelled, or of a kind that cannot be edited.
        NotLimit, "ONLY_LIMIT_ORDER_EDITS_SUPPORTED";
        /// Its size is in quote units.
        SizeInQuote, "SIZE_IN_QUOTE_EDITS_NOT_ALLOWED";
        /// An edit waits.
        AlreadyBeingReplaced, "ORDER_IS_ALREADY_BEING_REPLACED";
        /// A cancel waits.
        PendingCancel, "CANNOT_EDIT_ORDER_PENDING_CANCEL";
        /// The size is missing, no number, off the increment or out of bounds.
        Size, "INVALID_EDITED_SIZE";
        /// The size is not above what is filled.
        BelowFilled, "CANNOT_EDIT_TO_BELOW_FILLED_SIZE";
        /// The price is missing, no number, off the increment or out of bounds.
        Price, "INVALID_EDITED_PRICE";
        /// The stop price is no number, off the increment or on the wrong side.
        StopPrice, "INVALID_EDITED_STOP_PRICE";
        /// A stop price for an order without a stop.
        StopNotSupported, "FIELD_STOPPRICE_NOT_SUPPORTED";
        /// The stop has woken.
        StopTriggered, "CANNOT_EDIT_STOP_PRICE_FOR_TRIGGERED_ORDER";
        /// A bracket of which a leg is at work.
        Triggered, "CANNOT_EDIT_TRIGGERED_ORDER";
        /// Nothing would change.
        Equal, "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST";
        /// It was edited as often as an order can be.
        TooMany, "EXCEEDED_MAX_ALLOWED_EDIT_REQUEST_COUNT";
        /// The venue would refuse it as a new order; the preview reason says why.
        Rejected, "COMMANDER_REJECTED_EDIT_ORDER";
    }
}

/// A refused edit: the order is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{edit}")]
pub struct EditFailure {
    /// Why.
    pub edit: EditReason,
    /// Why it would be refused as a new order, where that is the reason.
    pub preview: Option<Reason>,
}

impl From<EditReason> for EditFailure {
    fn from(edit: EditReason) -> Self {
        Self { edit, preview: None }
    }
}
