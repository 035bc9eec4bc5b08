use jsonwebtoken::jwk::Jwk;
use serde_json::{Value, json};

use shared::Filter;

use super::*;

const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";
const NOW: Millis = 1_800_000_000_000;

fn claims() -> Claims {
    Claims {
        sub: "agent".into(),
        exp: NOW / 1000 + 60,
        nbf: None,
        subscribe: vec![Filter::new("host/*").unwrap()],
        publish: vec![],
        forget: vec![],
        edit: Vec::new(),
    }
}

fn verify(token: &str) -> Result<Principal, TokenError> {
    Verifier::new(SECRET).unwrap().verify(token, NOW)
}

#[test]
fn a_minted_token_says_who_and_what() {
    let principal = verify(&mint(&claims(), SECRET).unwrap()).unwrap();
    assert_eq!(principal, Principal::from(claims()));
    assert_eq!(principal.expires_at, Some(NOW + 60_000));
}

#[test]
fn time_is_the_callers_and_not_the_systems() {
    let token = mint(&claims(), SECRET).unwrap();
    let verifier = Verifier::new(SECRET).unwrap();
    assert!(verifier.verify(&token, NOW + 59_999).is_ok());
    assert_eq!(verifier.verify(&token, NOW + 60_000), Err(TokenError::Expired));
    let early = mint(&Claims { nbf: Some(NOW / 1000 + 1), ..claims() }, SECRET).unwrap();
    assert_eq!(verifier.verify(&early, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_token_without_an_end_or_without_a_holder_is_refused() {
    for changes in [json!({"exp": null}), json!({"exp": "soon"}), json!({"sub": null}), json!({"sub": ""})] {
        assert_eq!(verify(&changed(&changes)), Err(TokenError::Invalid), "{changes}");
    }
    let mut endless = json!(claims());
    endless.as_object_mut().unwrap().remove("exp");
    let endless = sign(&endless, Algorithm::HS256, None, &EncodingKey::from_secret(SECRET));
    assert_eq!(verify(&endless), Err(TokenError::Invalid));
    assert!(verify(&changed(&json!({}))).is_ok());
}

#[test]
fn a_token_that_relies_on_an_extension_is_refused() {
    let key = EncodingKey::from_secret(SECRET);
    for extensions in [vec!["b64".to_owned()], vec!["exp".to_owned()], vec![]] {
        let header = Header { crit: Some(extensions), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
        assert_eq!(verify(&token), Err(TokenError::Invalid), "{header:?}");
    }
}

#[test]
fn a_token_is_valid_from_its_first_moment_to_its_last() {
    let (first, last) = (NOW / 1000 - 10, NOW / 1000 + 10);
    let token = changed(&json!({"nbf": first, "exp": last}));
    let verifier = Verifier::new(SECRET).unwrap();
    let at = |now: Millis| verifier.verify(&token, now).map(|_| ());
    assert_eq!(at(first * 1000 - 1), Err(TokenError::Invalid));
    assert_eq!((at(first * 1000), at(last * 1000 - 1)), (Ok(()), Ok(())));
    assert_eq!(at(last * 1000), Err(TokenError::Expired));
    let never = changed(&json!({"nbf": i64::MAX, "exp": i64::MAX}));
    assert_eq!(verifier.verify(&never, NOW), Err(TokenError::Invalid));
    let long_ago = changed(&json!({"exp": i64::MIN}));
    assert_eq!(verifier.verify(&long_ago, NOW), Err(TokenError::Expired));
}

#[test]
fn another_secret_another_algorithm_and_no_signature_are_refused() {
    let other = mint(&claims(), b"another thirty-two bytes of mist").unwrap();
    assert_eq!(verify(&other), Err(TokenError::UnknownKey));
    let key = EncodingKey::from_secret(SECRET);
    let stronger = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(), &key).unwrap();
    assert_eq!(verify(&stronger), Err(TokenError::Invalid));
    // {"alg":"none"}.{"sub":"agent"}. without a signature.
    assert_eq!(verify("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZ2VudCJ9."), Err(TokenError::Invalid));
    assert_eq!(verify("not a token"), Err(TokenError::Invalid));
}

#[test]
fn a_short_secret_is_refused_on_both_ends() {
    let weak = WeakSecret::TooShort { bytes: 6, limit: 32 };
    assert_eq!(Verifier::new(b"secret").unwrap_err(), weak);
    assert_eq!(mint(&claims(), b"secret"), Err(MintError::Weak(weak)));
}

#[test]
fn a_verifier_does_not_print_its_secret() {
    assert_eq!(format!("{:?}", Verifier::new(SECRET).unwrap()), "Verifier([HS256])");
}

#[test]
fn an_issuers_public_keys_check_what_its_private_keys_have_signed() {
    let verifier = issuer();
    for (key, algorithm, id) in [(rsa(), Algorithm::RS256, "r"), (p256(), Algorithm::ES256, "e")] {
        let token = sign(&json!(claims()), algorithm, Some(id), &key);
        assert_eq!(verifier.verify(&token, NOW), Ok(Principal::from(claims())), "{algorithm:?}");
    }
    assert_eq!(format!("{verifier:?}"), "Verifier([RS256, ES256])");
}

#[test]
fn a_public_key_is_no_secret_to_sign_with() {
    let modulus = jwk(&rsa(), Algorithm::RS256, "r")["n"].as_str().unwrap().to_owned();
    for text in [modulus, set()] {
        for id in [Some("r"), Some("e"), None] {
            let forged =
                sign(&json!(claims()), Algorithm::HS256, id, &EncodingKey::from_secret(text.as_bytes()));
            assert!(issuer().verify(&forged, NOW).is_err(), "{id:?}");
        }
    }
    let secret_as_key = sign(&json!(claims()), Algorithm::RS256, None, &rsa());
    assert_eq!(verify(&secret_as_key), Err(TokenError::Invalid));
}

#[test]
fn a_key_is_used_for_its_own_algorithm_only() {
    let crossed = sign(&json!(claims()), Algorithm::RS384, Some("r"), &rsa());
    assert_eq!(issuer().verify(&crossed, NOW), Err(TokenError::Invalid));
    let crossed = sign(&json!(claims()), Algorithm::ES256, Some("r"), &p256());
    assert_eq!(issuer().verify(&crossed, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_key_that_is_not_known_yet_is_told_from_a_bad_token_and_learnt() {
    let older = json!({"keys": [jwk(&p256(), Algorithm::ES256, "e")]}).to_string();
    let verifier = Verifier::of(Keys::jwks(&older).unwrap(), Expected::default());
    let seen_by_all = verifier.clone();
    let token = sign(&json!(claims()), Algorithm::RS256, Some("r"), &rsa());
    assert_eq!(verifier.verify(&token, NOW), Err(TokenError::UnknownKey));
    verifier.replace_keys(Keys::jwks(&set()).unwrap());
    assert_eq!(seen_by_all.verify(&token, NOW), Ok(Principal::from(claims())));
}

#[test]
fn without_keys_no_token_is_accepted_until_there_are_some() {
    let verifier = Verifier::of(Keys::none(), Expected::default());
    let token = sign(&json!(claims()), Algorithm::RS256, Some("r"), &rsa());
    assert_eq!(verifier.verify(&token, NOW), Err(TokenError::UnknownKey));
    assert_eq!(verifier.verify(&mint(&claims(), SECRET).unwrap(), NOW), Err(TokenError::UnknownKey));
    assert_eq!(verifier.verify("no token", NOW), Err(TokenError::Invalid));
    verifier.replace_keys(Keys::jwks(&set()).unwrap());
    assert_eq!(verifier.verify(&token, NOW), Ok(Principal::from(claims())));
}

#[test]
fn issuer_and_audience_count_where_they_are_set() {
    let expected = Expected { issuer: Some("https://issuer".into()), audience: Some("board".into()) };
    let verifier = Verifier::of(Keys::secret(SECRET).unwrap(), expected);
    let verify = |changes: Value| {
        let mut claims = json!(claims());
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        verifier.verify(&sign(&claims, Algorithm::HS256, None, &EncodingKey::from_secret(SECRET)), NOW)
    };
    for audience in [json!("board"), json!(["other", "board"])] {
        assert!(verify(json!({"iss": "https://issuer", "aud": audience})).is_ok());
    }
    for wrong in [
        json!({}),
        json!({"iss": "https://issuer"}),
        json!({"aud": "board"}),
        json!({"iss": "https://other", "aud": "board"}),
        json!({"iss": "https://issuer", "aud": "other"}),
    ] {
        assert_eq!(verify(wrong.clone()), Err(TokenError::Invalid), "{wrong}");
    }
}

#[test]
fn a_token_made_for_a_server_names_whom_it_expects_and_is_good_where_nobody_is_expected() {
    let expected = Expected { issuer: Some("https://issuer".into()), audience: Some("board".into()) };
    let strict = Verifier::of(Keys::secret(SECRET).unwrap(), expected.clone());
    let token = mint_for(&claims(), &expected, SECRET).unwrap();
    assert_eq!(strict.verify(&token, NOW), Ok(Principal::from(claims())));
    assert_eq!(verify(&token), Ok(Principal::from(claims())));
    for half in [
        Expected { issuer: None, ..expected.clone() },
        Expected { audience: None, ..expected.clone() },
        Expected { audience: Some("another board".into()), ..expected },
    ] {
        let token = mint_for(&claims(), &half, SECRET).unwrap();
        assert_eq!(strict.verify(&token, NOW), Err(TokenError::Invalid), "{half:?}");
    }
}

#[test]
fn keys_for_other_purposes_are_left_out() {
    let for_encryption = {
        let mut jwk = jwk(&rsa(), Algorithm::RS256, "r");
        jwk["use"] = json!("enc");
        jwk
    };
    let secret = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "s"});
    let unheard_of = json!({"kty": "LATTICE", "kid": "l"});
    let set = json!({"keys": [for_encryption, secret, unheard_of]}).to_string();
    assert_eq!(Keys::jwks(&set).unwrap_err(), JwksError::NoneUsable { found: 3 });
    assert!(matches!(Keys::jwks("<html>"), Err(JwksError::NotASet { .. })));
}

/// Returns a signed token with the usual claims of these tests, in which the claims in `changes` are replaced or added.
fn changed(changes: &Value) -> String {
    let mut claims = json!(claims());
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    sign(&claims, Algorithm::HS256, None, &EncodingKey::from_secret(SECRET))
}

fn issuer() -> Verifier {
    Verifier::of(Keys::jwks(&set()).unwrap(), Expected::default())
}

fn set() -> String {
    json!({"keys": [jwk(&rsa(), Algorithm::RS256, "r"), jwk(&p256(), Algorithm::ES256, "e")]}).to_string()
}

fn jwk(key: &EncodingKey, algorithm: Algorithm, id: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(id.into());
    serde_json::to_value(jwk).unwrap()
}

fn sign(claims: &Value, algorithm: Algorithm, id: Option<&str>, key: &EncodingKey) -> String {
    let header = Header { kid: id.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

/// Returns an RSA key, made for these tests by `openssl genrsa -traditional 2048`.
fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_der(include_bytes!("fixtures/rsa.der"))
}

/// Returns an elliptic-curve key in PKCS #8, made for these tests by `openssl genpkey -algorithm EC -pkeyopt
/// ec_paramgen_curve:P-256`.
fn p256() -> EncodingKey {
    EncodingKey::from_ec_der(include_bytes!("fixtures/p256.der"))
}
