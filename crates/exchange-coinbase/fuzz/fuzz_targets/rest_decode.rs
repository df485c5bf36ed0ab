//! Whatever a venue could answer: it is read or refused, and nothing else happens.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exchange_coinbase::rest::fuzz::rest(data));
