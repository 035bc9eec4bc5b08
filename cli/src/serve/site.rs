//! Where the page comes from: built in, a directory, or neither.

mod asset;
mod directory;
#[cfg(feature = "site")]
mod embedded;

use std::path::Path;

use http::Uri;
use serde_json::Value;

use crate::failure::Failure;

pub use asset::Asset;
use directory::Directory;

/// Says how to get the board, where there is none.
#[cfg(not(feature = "site"))]
const NO_PAGE: &str = include_str!("site/no_page.html");
/// The page's settings, where there is no file of this name: as if everything were left to it.
const SETTINGS: &str = "config.json";

/// The source of the page.
#[derive(Debug)]
pub enum Site {
    /// In the program.
    #[cfg(feature = "site")]
    Embedded,
    /// In a directory, read anew each time.
    Directory(Directory),
    /// Nowhere.
    #[cfg(not(feature = "site"))]
    Missing,
}

impl Site {
    /// The directory, if there is one; else what this program was built with.
    ///
    /// # Errors
    ///
    /// A usage failure if the directory holds no page.
    pub fn new(directory: Option<&Path>) -> Result<Self, Failure> {
        match directory {
            Some(path) => Directory::open(path).map(Self::Directory),
            #[cfg(feature = "site")]
            None => Ok(Self::Embedded),
            #[cfg(not(feature = "site"))]
            None => Ok(Self::Missing),
        }
    }

    /// Whether there is a board to look at.
    pub fn has_page(&self) -> bool {
        match self {
            #[cfg(feature = "site")]
            Self::Embedded => true,
            Self::Directory(_) => true,
            #[cfg(not(feature = "site"))]
            Self::Missing => false,
        }
    }

    /// The file at a URL's path.
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

    /// Servers that the page's settings name, as a content security policy writes them.
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

/// The scheme and authority of an address. What could say more than that to a policy is left out.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let is_plain = authority.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    is_plain.then(|| format!("{scheme}://{authority}"))
}
