//! Checks the public API of this crate against `api.txt`, so that the API is only changed on purpose.

#![cfg(not(target_arch = "wasm32"))]

#[test]
fn the_public_api_is_that_of_api_txt() {
    api_listing::assert_unchanged(env!("CARGO_MANIFEST_DIR"));
}
