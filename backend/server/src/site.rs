//! Finds the files of the web page: in a directory, or among the files that are compiled into the program.

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

/// The text that is shown instead of the page if the program was built without the page.
#[cfg(not(feature = "site"))]
const NO_PAGE: &str = include_str!("site/no_page.html");
/// Name of the file with the settings of the page. If the file does not exist, the server sends `{}`.
const SETTINGS: &str = "config.json";

/// The place from which the files of the page are read.
#[derive(Debug)]
pub enum Site {
    /// The page is compiled into the program.
    #[cfg(feature = "site")]
    Embedded,
    /// The page is in a directory. Its files are read for each request.
    Directory(Directory),
    /// The program was built without the page.
    #[cfg(not(feature = "site"))]
    Missing,
}

impl Site {
    /// Returns the page in `directory`. If `directory` is `None`, returns the page that is built into this program.
    ///
    /// # Errors
    ///
    /// [`ServerError::Site`], if the directory contains no page.
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

    /// Returns true if the files are part of the program, so that an answer with one of them takes no memory.
    pub fn is_in_memory(&self) -> bool {
        !matches!(self, Self::Directory(_))
    }

    /// Finds the file for the path of a URL; `None` if the page has no such file.
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

    /// Returns the servers that the settings of the page name, in the form of a content security policy.
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

/// Returns the scheme and authority of a URL. `None` if the URL has no scheme or authority, or if the authority has
/// characters with a special meaning in a content security policy.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let is_plain = authority.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    is_plain.then(|| format!("{scheme}://{authority}"))
}
