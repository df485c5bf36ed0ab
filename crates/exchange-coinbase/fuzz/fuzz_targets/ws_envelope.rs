//! Whatever a venue could stream: no panic, no impossible book, few requests, short words.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exchange_coinbase::ws::fuzz::ws_envelope(data));
