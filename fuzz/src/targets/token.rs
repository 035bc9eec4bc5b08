//! Fuzzes the verification of tokens, and the parser of key sets (JWKS).

use backend_core::token::{Claims, Keys, TokenError, Verifier, mint};
use shared::Filter;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "token",
    words: &["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", ".", "=", "-", "_"],
    seeds: Some(|| vec![good().into_bytes()]),
    run: token,
};

pub const JWKS: Target = Target {
    name: "jwks",
    words: &[
        "\"keys\":",
        "\"kty\":\"RSA\"",
        "\"kty\":\"EC\"",
        "\"crv\":\"P-256\"",
        "\"n\":\"",
        "\"e\":\"AQAB\"",
        "\"x\":",
        "\"y\":",
        "\"alg\":\"RS256\"",
        "\"kid\":",
    ],
    seeds: None,
    run: jwks,
};

const SECRET: &[u8] = b"a secret that only the fuzzer knows";

fn good() -> String {
    let subscribe = vec![Filter::All];
    let claims = Claims {
        sub: "fuzz".into(),
        exp: 2_000_000_000,
        nbf: None,
        subscribe,
        publish: vec![],
        forget: vec![],
        edit: vec![],
    };
    mint(&claims, SECRET).expect("a token")
}

/// Verifies the input as a token. Checks that only the one token that was signed with the secret is accepted.
fn token(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let verifier = Verifier::new(SECRET).expect("a good secret");
    match verifier.verify(&text, 1_800_000_000_000) {
        Ok(principal) => {
            assert_eq!(text, good(), "a token that nobody has signed");
            signature(principal.name)
        }
        Err(error @ (TokenError::Invalid | TokenError::UnknownKey)) => {
            signature((error as u8, text.matches('.').count()))
        }
        Err(error) => words_of(error),
    }
}

fn jwks(input: &[u8]) -> u64 {
    match Keys::jwks(&String::from_utf8_lossy(input)) {
        Ok(keys) => signature(format!("{keys:?}")),
        Err(error) => words_of(error),
    }
}
