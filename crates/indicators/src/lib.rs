//! EMA, SMA, RSI, ATR, VWAP, rolling extremes, medians, deviation, pivots: incremental, each equal to its batch definition.
