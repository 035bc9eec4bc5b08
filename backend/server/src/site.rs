//! The source of the page: compiled in, a directory, or none.

mod asset;
mod directory;
#[cfg(feature = "site")]
mod embedded;

use std::path::Path;

use http::Uri;
use serde_json::Value;

use crate::ServerError;

pub use asset::Asset;
use directory::Directory;

/// Shown instead of the page by a program that was built without it.
#[cfg(not(feature = "site"))]
const NO_PAGE: &str = include_str!("site/no_page.html");
/// The name of the page's settings, which are `{}` if there is no such file.
const SETTINGS: &str = "config.json";

/// The source of the page.
#[derive(Debug)]
pub enum Site {
    /// Compiled into the program.
    #[cfg(feature = "site")]
    Embedded,
    /// A directory, read for each request.
    Directory(Directory),
    /// None.
    #[cfg(not(feature = "site"))]
    Missing,
}

impl Site {
    /// The page in `directory`, or without one the page that this program was built with.
    ///
    /// # Errors
    ///
    /// [`ServerError::Site`], if the directory holds no page.
    pub fn new(directory: Option<&Path>) -> Result<Self, ServerError> {
        match directory {
            Some(path) => Directory::open(path).map(Self::Directory),
            #[cfg(feature = "site")]
            None => Ok(Self::Embedded),
            #[cfg(not(feature = "site"))]
            None => Ok(Self::Missing),
        }
    }

    /// Returns true if there is a page.
    pub fn has_page(&self) -> bool {
        match self {
            #[cfg(feature = "site")]
            Self::Embedded => true,
            Self::Directory(_) => true,
            #[cfg(not(feature = "site"))]
            Self::Missing => false,
        }
    }

    /// Finds the file for a URL's path.
    pub async fn find(&self, path: &str) -> Option<Asset> {
        let name = match path.trim_start_matches('/') {
            "" => "index.html",
            name => name,
        };
        match self.file(name).await {
            None if name == SETTINGS => Some(Asset::new(SETTINGS, "{}".into(), None)),
            found => found,
        }
    }

    /// The servers that the page's settings name, in the form of a content security policy.
    pub async fn servers_elsewhere(&self) -> Vec<String> {
        let settings = self.file(SETTINGS).await.map(|asset| asset.bytes).unwrap_or_default();
        let settings: Value = serde_json::from_slice(&settings).unwrap_or_default();
        ["ws", "http"].iter().filter_map(|key| origin(settings[*key].as_str()?)).collect()
    }

    async fn file(&self, name: &str) -> Option<Asset> {
        match self {
            #[cfg(feature = "site")]
            Self::Embedded => embedded::file(name),
            Self::Directory(directory) => directory.file(name).await,
            #[cfg(not(feature = "site"))]
            Self::Missing => (name == "index.html").then(|| Asset::new(name, NO_PAGE.into(), None)),
        }
    }
}

/// The scheme and authority of a URL. `None` if the authority has characters with a meaning in a policy.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let is_plain = authority.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    is_plain.then(|| format!("{scheme}://{authority}"))
}
