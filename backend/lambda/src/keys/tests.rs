use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use backend_core::Principal;
use backend_core::authorize::{Credentials, authorize};
use backend_core::token::{Claims, mint};

use super::*;

const OLD: &[u8] = b"thirty-two bytes of pure secrecy";
const NEW: &[u8] = b"another thirty-two bytes of mist";
const NOW: Millis = 1_800_000_000_000;

/// A source of keys for tests, whose secret can be changed or removed.
#[derive(Debug, Default)]
struct FakeSource {
    secret: Mutex<Option<&'static [u8]>>,
    fetches: AtomicUsize,
}

impl FetchKeys for &FakeSource {
    async fn fetch(&self) -> Result<Keys, KeysError> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let secret = self.secret.lock().unwrap();
        let lost = || KeysError { from: "here".into(), why: "lost".into() };
        Keys::secret(secret.ok_or_else(lost)?).map_err(|_| lost())
    }
}

impl FakeSource {
    fn with_secret(secret: &'static [u8]) -> Self {
        Self { secret: Mutex::new(Some(secret)), ..Self::default() }
    }

    fn change(&self, secret: Option<&'static [u8]>) {
        *self.secret.lock().unwrap() = secret;
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

async fn guard(source: &FakeSource) -> Guard<&FakeSource> {
    Guard::Tokens(KeyRing::new(source, Expected::default(), NOW).await.unwrap())
}

fn token(secret: &[u8]) -> String {
    let claims = Claims {
        sub: "agent".into(),
        exp: NOW / 1000 + 3600,
        nbf: None,
        subscribe: vec![],
        publish: vec![],
        forget: vec![],
        edit: vec![],
    };
    mint(&claims, secret).unwrap()
}

async fn is_let_in(guard: &Guard<&FakeSource>, token: &str, now: Millis) -> bool {
    guard.fetch_if_unknown(Some(token), now).await.unwrap();
    let header = format!("Bearer {token}");
    let credentials = Credentials { authorization: Some(&header), protocols: None };
    authorize(&guard.access(), &credentials, now).is_ok()
}

#[tokio::test]
async fn a_changed_secret_is_fetched_at_the_first_token_that_is_signed_with_it() {
    let source = FakeSource::with_secret(OLD);
    let guard = guard(&source).await;
    assert!(is_let_in(&guard, &token(OLD), NOW).await);
    source.change(Some(NEW));
    assert!(is_let_in(&guard, &token(NEW), NOW + REFETCH_MS).await);
    assert!(!is_let_in(&guard, &token(OLD), NOW + REFETCH_MS).await, "the old secret is over");
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn bad_tokens_cost_one_fetch_a_minute_and_good_ones_none() {
    let source = FakeSource::with_secret(OLD);
    let guard = guard(&source).await;
    for second in 0..120 {
        let now = NOW + second * 1000;
        assert!(!is_let_in(&guard, &token(NEW), now).await);
        assert!(!is_let_in(&guard, "no token at all", now).await);
        assert!(is_let_in(&guard, &token(OLD), now).await);
    }
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_anew_leave_those_known() {
    let source = FakeSource::with_secret(OLD);
    let guard = guard(&source).await;
    source.change(None);
    assert!(!is_let_in(&guard, &token(NEW), NOW + REFETCH_MS).await);
    assert!(is_let_in(&guard, &token(OLD), NOW + REFETCH_MS).await);
}

#[tokio::test]
async fn a_function_without_keys_does_not_start() {
    let empty = FakeSource::default();
    let error = KeyRing::new(&empty, Expected::default(), NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "the keys for checking tokens could not be read from here: lost");
}

#[tokio::test]
async fn keys_that_are_fetched_later_are_fetched_at_the_first_token_that_needs_them() {
    let source = FakeSource::with_secret(OLD);
    let guard = Guard::Tokens(KeyRing::without_keys(&source, Expected::default()));
    guard.fetch_if_unknown(None, NOW).await.unwrap();
    assert!(!is_let_in(&guard, "no token at all", NOW).await);
    assert_eq!(source.fetches(), 0);
    assert!(is_let_in(&guard, &token(OLD), NOW).await);
    assert!(!is_let_in(&guard, &token(NEW), NOW + 1).await, "fetched a moment ago");
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_token_is_not_refused_because_keys_could_not_be_fetched_yet() {
    let source = FakeSource::default();
    let guard = Guard::Tokens(KeyRing::without_keys(&source, Expected::default()));
    let error = guard.fetch_if_unknown(Some(&token(OLD)), NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "the keys for checking tokens could not be read from here: lost");
    source.change(Some(OLD));
    assert!(is_let_in(&guard, &token(OLD), NOW + 1).await, "it is tried again at once");
}

#[tokio::test]
async fn without_a_secret_every_connection_is_local() {
    let open: Guard<&FakeSource> = Guard::Open;
    open.fetch_if_unknown(Some("anything"), NOW).await.unwrap();
    assert_eq!(authorize(&open.access(), &Credentials::default(), NOW), Ok(Principal::local()));
}
