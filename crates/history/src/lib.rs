//! Candles on disk: Parquet and CSV, read as columns.
