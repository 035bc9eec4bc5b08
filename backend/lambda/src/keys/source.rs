//! The sources of the keys that tokens are checked with: a parameter, a file, or an address.

use std::fmt;
use std::path::{Path, PathBuf};

use backend_aws::Aws;
use backend_core::token::Keys;

use super::web::Web;
use super::{FetchKeys, Guard, KeyRing, KeysError};
use crate::clock::wall_ms;
use crate::config::{TokenSource, Tokens};

/// The source of the keys that tokens are checked with, as the variables `TICKERTAPE_SECRET` and `TICKERTAPE_JWKS_URL`
/// set it.
#[derive(Debug)]
pub enum Source {
    /// An encrypted parameter of SSM, with its name.
    Parameter(Box<Aws>, String),
    /// A file on this machine, for functions that run in the emulator.
    File(PathBuf),
    /// The address of a JSON Web Key Set.
    Jwks(Web, String),
}

impl Guard<Source> {
    /// Creates the guard that the settings describe. If tokens are required, the keys are fetched once.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if the keys cannot be fetched. It names the source of the keys.
    pub async fn open(tokens: Tokens, aws: &Aws) -> Result<Self, KeysError> {
        match Source::of(tokens.source, aws) {
            Some(source) => KeyRing::new(source, tokens.expected, wall_ms()).await.map(Self::Tokens),
            None => Ok(Self::Open),
        }
    }

    /// Creates the guard that the settings describe. If tokens are required, the keys are fetched when the first token needs them.
    pub fn open_later(tokens: Tokens, aws: &Aws) -> Self {
        match Source::of(tokens.source, aws) {
            Some(source) => Self::Tokens(KeyRing::without_keys(source, tokens.expected)),
            None => Self::Open,
        }
    }
}

impl Source {
    /// Returns the source of the keys, or `None` if no tokens are required.
    fn of(setting: TokenSource, aws: &Aws) -> Option<Self> {
        Some(match setting {
            TokenSource::Open => return None,
            TokenSource::Parameter(name) => Self::Parameter(Box::new(aws.clone()), name),
            TokenSource::File(path) => Self::File(path),
            TokenSource::Jwks(url) => Self::Jwks(Web::default(), url),
        })
    }
}

impl FetchKeys for Source {
    async fn fetch(&self) -> Result<Keys, KeysError> {
        let keys = match self {
            Self::Parameter(aws, name) => parameter(aws, name).await,
            Self::File(path) => file(path).await,
            Self::Jwks(web, url) => jwks(web, url).await,
        };
        keys.map_err(|why| KeysError { from: self.to_string(), why })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(_, name) => write!(f, "ssm:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Jwks(_, url) => f.write_str(url),
        }
    }
}

async fn parameter(aws: &Aws, name: &str) -> Result<Keys, String> {
    let value = aws.parameter(name).await.map_err(|error| error.to_string())?;
    Keys::secret(value.trim().as_bytes()).map_err(|weak| weak.to_string())
}

async fn file(path: &Path) -> Result<Keys, String> {
    let bytes = tokio::fs::read(path).await.map_err(|error| error.to_string())?;
    Keys::secret(bytes.trim_ascii()).map_err(|weak| weak.to_string())
}

async fn jwks(web: &Web, url: &str) -> Result<Keys, String> {
    let text = web.get(url).await.map_err(|error| error.to_string())?;
    Keys::jwks(&text).map_err(|error| error.to_string())
}
