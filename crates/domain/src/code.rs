//! Closed sets of reasons: each a snake_case word for machines and a sentence for people.

/// Declares a closed set of reasons.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $word:literal $sentence:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[doc = $sentence] #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every code of the set.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The snake_case word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The sentence for people.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }

        impl core::error::Error for $name {}

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use codes;

codes!(
    /// Why a feature is absent.
    Absent {
        InsufficientHistory "insufficient_history" "There are not enough closed bars yet.",
        DataGap "data_gap" "More than 5 % of the feature's window is a gap in the data.",
        UnavailableGranularity "unavailable_granularity" "The bars are too coarse for it.",
        NoVolume "no_volume" "Nothing was traded in the window it is compared with.",
    }
);

codes!(
    /// Why a product is not in the universe now.
    Exclusion {
        UnknownProduct "unknown_product" "The venue or the increments table does not know it.",
        ProductStatus "product_status" "The product is not fully online.",
        Stablecoin "stablecoin" "A stablecoin is money here, not a market.",
        Excluded "excluded" "The configuration excludes it.",
        Flagged "flagged" "The operator flagged it for a while.",
        NoTier "no_tier" "Its quote volume is below every tier's floor.",
        NoEvent "no_event" "Tier 3 trades on events only, and none is active for it.",
        RegimeRemovesTier "regime_removes_tier" "The regime's factor for its tier is zero.",
        DataUnavailable "data_unavailable" "There is no quote, book or bar for it.",
        StaleQuote "stale_quote" "Its quote is too old.",
        StaleCandles "stale_candles" "Its newest candles are too old.",
        DataGap "data_gap" "Too much of its history is a gap.",
        Volume "volume" "Its 24-hour quote volume is below the tier's floor.",
        Spread "spread" "Its spread is above the tier's ceiling.",
        Depth "depth" "Its book is thinner than the tier's floor.",
        InsufficientHistory "insufficient_history" "It has too few closed hours.",
    }
);

codes!(
    /// Why a trigger did not become a proposal.
    RuleRefusal {
        Outlier "outlier" "The price jumped on almost no volume.",
        AtrFilter "atr_filter" "The market is too quiet for its own history.",
        DataGap "data_gap" "Too much of a filter's window is a gap.",
        InsufficientHistory "insufficient_history" "There is too little history for a filter.",
        Unconfirmed "unconfirmed" "Fewer than three of the four confirmations hold.",
        NotStrongest "not_strongest" "Another trigger of the same product is stronger.",
        TooManyTriggers "too_many_triggers" "Stronger products filled the list of candidates.",
        WeakTrigger "weak_trigger" "Strength × confidence is below the minimum.",
        NoRule "no_rule" "No rule speaks about a move of this size and direction.",
        RuleDisabled "rule_disabled" "The rule is off in this mode.",
        RegimeUnsuited "regime_unsuited" "The rule does not act in this regime.",
        BelowMinOrder "below_min_order" "The size is below the smallest order.",
        DataUnavailable "data_unavailable" "A number that the size needs is missing.",
        Outranked "outranked" "Another proposal for the same product has more conviction.",
    }
);

codes!(
    /// Why the policy refused a proposal.
    RiskCode {
        KillSwitch "kill_switch" "The kill switch is on.",
        ModeGate "mode_gate" "The mode does not allow it.",
        NotReconciled "not_reconciled" "No complete reconciliation in this process yet.",
        ReduceOnly "reduce_only" "Only reductions are allowed now.",
        Halted "halted" "Everything is halted.",
        DailyStop "daily_stop" "The loss of the day reached its limit.",
        WeeklyStop "weekly_stop" "The loss of the week reached its limit.",
        MaxDrawdown "max_drawdown" "The drawdown reached its limit.",
        TotalCap "total_cap" "Total exposure has no room.",
        PositionCap "position_cap" "The position's cap has no room.",
        ClusterCap "cluster_cap" "The cluster's cap has no room.",
        TierCap "tier_cap" "The tier's cap has no room.",
        MaxOpenPositions "max_open_positions" "As many positions as allowed are open.",
        NewPositionsPerCycle "new_positions_per_cycle" "This cycle opened as many as allowed.",
        OrderTooLarge "order_too_large" "The order is larger than allowed.",
        BelowMinOrder "below_min_order" "What the limits leave is below the smallest order.",
        InsufficientFunds "insufficient_funds" "The purse cannot cover the worst case.",
        ExceedsHolding "exceeds_holding" "The sale is larger than what is held.",
        ShortingDisallowed "shorting_disallowed" "There is nothing to sell; shorts do not exist here.",
        TradesPerDay "trades_per_day" "As many trades as allowed in 24 hours.",
        TradesPerHour "trades_per_hour" "As many trades as allowed in an hour.",
        Attempts "attempts" "As many attempts as allowed.",
        Spacing "spacing" "Too soon after the last trade.",
        SymbolSpacing "symbol_spacing" "Too soon after the last trade of this product.",
        SymbolCooldown "symbol_cooldown" "The product cools down after its last exit.",
        AddsLimit "adds_limit" "No more adds to this position today.",
        LossStreak "loss_streak" "A pause after losses in a row.",
        StaleQuote "stale_quote" "The quote is too old.",
        StaleCandles "stale_candles" "The candles are too old.",
        Spread "spread" "The spread is too wide.",
        Depth "depth" "The book is too thin for the order.",
        Slippage "slippage" "The order would move the price too far.",
        Collar "collar" "The price is outside the collar.",
        PriceJump "price_jump" "The price jumped within five minutes.",
        BadBook "bad_book" "The book is empty, locked, crossed or malformed.",
        ProductStatus "product_status" "The product is not fully online.",
        ApiErrors "api_errors" "A pause after errors of the venue.",
        RateLimited "rate_limited" "A pause after a rate limit.",
        ClockSkew "clock_skew" "The clocks disagree.",
        RejectStorm "reject_storm" "The venue refused too many orders.",
        TooManyUnknown "too_many_unknown" "Too many orders have an unknown outcome.",
        Duplicate "duplicate" "The same order was made a moment ago.",
        SelfTrade "self_trade" "An own order rests on the other side.",
        MessageRate "message_rate" "Too many messages to the venue.",
        ExecutionThrottle "execution_throttle" "The same execution repeats; a person must look.",
        StopBounds "stop_bounds" "The stop or target is outside its bounds.",
        MinConviction "min_conviction" "Too little conviction.",
        RegimeUnknown "regime_unknown" "The regime is not known.",
        TriggerUsed "trigger_used" "This event was already decided.",
        DataUnavailable "data_unavailable" "NAV, a mark, a book or a balance is missing.",
    }
);

codes!(
    /// Why a cycle ended without a trade.
    NoTrade {
        DataUnavailable "data_unavailable" "Needed data is missing.",
        RegimeUnknown "regime_unknown" "The regime is not known.",
        EmptyUniverse "empty_universe" "No product is eligible.",
        NoTriggers "no_triggers" "Nothing happened that is worth noticing.",
        NoCandidates "no_candidates" "No fresh trigger became a proposal.",
        AllRejected "all_rejected" "The policy refused every proposal.",
        Halted "halted" "Trading is halted.",
        ReduceOnly "reduce_only" "Only reductions are allowed now.",
        StageFailed "stage_failed" "A stage failed; see the log.",
    }
);
