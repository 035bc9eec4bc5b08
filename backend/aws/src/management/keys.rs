//! The credentials with which posts are signed.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokio::sync::Mutex;

/// Time before the end of credentials at which new ones are loaded. A post with the old ones must still arrive in time.
const EARLY: Duration = Duration::from_secs(60);

/// The credentials of the configuration, which are loaded once and again shortly before they expire. Those of a Lambda
/// function do not expire while its process lives.
#[derive(Debug)]
pub struct Keys {
    provider: Option<SharedCredentialsProvider>,
    held: Mutex<Option<Credentials>>,
}

impl Keys {
    pub fn new(config: &SdkConfig) -> Self {
        Self { provider: config.credentials_provider(), held: Mutex::new(None) }
    }

    /// Returns credentials that are valid at the time `now`, or a description of the reason why there are none.
    pub async fn at(&self, now: SystemTime) -> Result<Credentials, String> {
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref().filter(|held| are_valid(held, now)) {
            return Ok(held.clone());
        }
        let provider = self.provider.as_ref().ok_or("no credentials are configured")?;
        let credentials = provider.provide_credentials().await.map_err(|error| error.to_string())?;
        Ok(held.insert(credentials).clone())
    }
}

fn are_valid(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|expiry| now + EARLY < expiry)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use aws_credential_types::provider::future::ProvideCredentials as Loading;

    use super::*;

    const LIFETIME: Duration = Duration::from_secs(3600);

    /// Gives credentials whose lifetime begins at the Unix epoch, and counts how often.
    #[derive(Clone, Debug, Default)]
    struct Counting {
        loaded: Arc<AtomicU32>,
        expire: bool,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> Loading<'a>
        where
            Self: 'a,
        {
            let loaded = self.loaded.fetch_add(1, SeqCst);
            let expiry = self.expire.then_some(SystemTime::UNIX_EPOCH + LIFETIME);
            Loading::ready(Ok(Credentials::new(format!("key {loaded}"), "secret", None, expiry, "test")))
        }
    }

    fn keys(provider: &Counting) -> Keys {
        let provider = SharedCredentialsProvider::new(provider.clone());
        Keys::new(&SdkConfig::builder().credentials_provider(provider).build())
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn credentials_without_an_end_are_loaded_once() {
        let provider = Counting::default();
        let keys = keys(&provider);
        for seconds in [0, 1, 1_000_000_000] {
            keys.at(at(seconds)).await.unwrap();
        }
        assert_eq!(provider.loaded.load(SeqCst), 1);
    }

    #[tokio::test]
    async fn credentials_are_loaded_again_a_minute_before_their_end() {
        let provider = Counting { expire: true, ..Counting::default() };
        let keys = keys(&provider);
        for (seconds, loaded) in [(0, 1), (3_539, 1), (3_540, 2)] {
            keys.at(at(seconds)).await.unwrap();
            assert_eq!(provider.loaded.load(SeqCst), loaded, "after {seconds} s");
        }
    }

    #[tokio::test]
    async fn a_configuration_without_credentials_is_an_error() {
        let keys = Keys::new(&SdkConfig::builder().build());
        assert_eq!(keys.at(at(0)).await.unwrap_err(), "no credentials are configured");
    }
}
