//! The names that requests and streams have in common. Source: the API reference of
//! Advanced Trade (docs.cdp.coinbase.com) and its page on WebSocket channels.

use super::names;

names! {
    /// Which side an order is on.
    Side {
        /// Gives quote, takes base.
        Buy = "BUY",
        /// Gives base, takes quote.
        Sell = "SELL",
    }
}

names! {
    /// Where an order is in its life. A partly filled order stays [`OrderStatus::Open`].
    OrderStatus {
        /// Accepted, not on the book yet.
        Pending = "PENDING",
        /// On the book, or waiting for its trigger.
        Open = "OPEN",
        /// Filled to the end.
        Filled = "FILLED",
        /// Ended by a cancel; it may carry fills.
        Cancelled = "CANCELLED",
        /// Ended by its end time; it may carry fills.
        Expired = "EXPIRED",
        /// Refused after it had been accepted; it may carry fills.
        Failed = "FAILED",
        /// The venue does not say.
        UnknownOrderStatus = "UNKNOWN_ORDER_STATUS",
        /// Waits to be processed.
        Queued = "QUEUED",
        /// A cancel has been asked for.
        CancelQueued = "CANCEL_QUEUED",
        /// A change has been asked for.
        EditQueued = "EDIT_QUEUED",
    }
}

names! {
    /// How an order trades.
    OrderType {
        /// Not given.
        UnknownOrderType = "UNKNOWN_ORDER_TYPE",
        /// At any price within the venue's protection.
        Market = "MARKET",
        /// At its limit or better.
        Limit = "LIMIT",
        /// A market order behind a trigger.
        Stop = "STOP",
        /// A limit order behind a trigger.
        StopLimit = "STOP_LIMIT",
        /// Take-profit and stop-loss in one.
        Bracket = "BRACKET",
        /// Sliced over time.
        Twap = "TWAP",
        /// Futures only.
        RollOpen = "ROLL_OPEN",
        /// Futures only.
        RollClose = "ROLL_CLOSE",
        /// Futures only.
        Liquidation = "LIQUIDATION",
        /// A ladder of limits.
        Scaled = "SCALED",
    }
}

names! {
    /// How long an order lives.
    TimeInForce {
        /// Not given.
        UnknownTimeInForce = "UNKNOWN_TIME_IN_FORCE",
        /// Until its end time.
        GoodUntilDateTime = "GOOD_UNTIL_DATE_TIME",
        /// Until it is cancelled.
        GoodUntilCancelled = "GOOD_UNTIL_CANCELLED",
        /// Whatever does not trade at once is cancelled.
        ImmediateOrCancel = "IMMEDIATE_OR_CANCEL",
        /// All at once or nothing.
        FillOrKill = "FILL_OR_KILL",
    }
}

names! {
    /// What an order's trigger has done.
    TriggerStatus {
        /// Not given.
        UnknownTriggerStatus = "UNKNOWN_TRIGGER_STATUS",
        /// The order has no trigger.
        InvalidOrderType = "INVALID_ORDER_TYPE",
        /// It waits.
        StopPending = "STOP_PENDING",
        /// It has fired.
        StopTriggered = "STOP_TRIGGERED",
    }
}

names! {
    /// What a product is.
    ProductType {
        /// Not given.
        UnknownProductType = "UNKNOWN_PRODUCT_TYPE",
        /// Coins and currencies.
        Spot = "SPOT",
        /// Futures and perpetuals.
        Future = "FUTURE",
        /// Shares.
        Equity = "EQUITY",
        /// A group of options.
        OptionGroup = "OPTION_GROUP",
        /// A group of futures.
        FutureGroup = "FUTURE_GROUP",
    }
}

names! {
    /// Where a product is traded.
    ProductVenue {
        /// Not given.
        UnknownVenueType = "UNKNOWN_VENUE_TYPE",
        /// Coinbase's exchange.
        Cbe = "CBE",
        /// The futures commission merchant.
        Fcm = "FCM",
        /// The international exchange, retired here in October 2026.
        Intx = "INTX",
    }
}
