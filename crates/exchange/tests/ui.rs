//! Programs that try to get around the witness chain, and do not compile.
#![allow(missing_docs, reason = "tests")]

#[test]
fn forged_unrecorded_and_repeated_orders_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
