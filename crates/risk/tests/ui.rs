//! The witness cannot be forged: none of these compile.
#![allow(missing_docs, reason = "a test")]

#[test]
fn an_approval_cannot_be_forged_copied_or_changed() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
