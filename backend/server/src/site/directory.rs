//! Serves the page from a directory, for the development of the page.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::Asset;
use crate::ServerError;
use crate::error::SiteProblem;

/// A directory that contains an `index.html`.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Opens a directory as the page.
    ///
    /// # Errors
    ///
    /// [`ServerError::Site`], if the directory cannot be read or contains no `index.html`.
    pub fn open(path: &Path) -> Result<Self, ServerError> {
        let unusable = |reason| ServerError::Site { path: path.to_owned(), reason };
        let root = path.canonicalize().map_err(|error| unusable(error.into()))?;
        if root.join("index.html").is_file() {
            Ok(Self { root })
        } else {
            Err(unusable(SiteProblem::NoIndex))
        }
    }

    /// Reads the file of this name; `None` if it is not in the directory.
    pub async fn file(&self, name: &str) -> Option<Asset> {
        let path = self.resolve(name).await?;
        let bytes = tokio::fs::read(&path).await.ok()?;
        let brotli = tokio::fs::read(with_br(&path)).await.ok();
        Some(Asset::new(name, bytes.into(), brotli.map(Bytes::from)))
    }

    /// Resolves a name to a path. Symbolic links are resolved before the check, so that no link can lead out of the
    /// directory.
    async fn resolve(&self, name: &str) -> Option<PathBuf> {
        let is_plain = name.split('/').all(|part| !part.starts_with('.') && !part.is_empty());
        if !is_plain || name.contains(['\\', ':', '\0', '%']) {
            return None;
        }
        let path = tokio::fs::canonicalize(self.root.join(name)).await.ok()?;
        path.starts_with(&self.root).then_some(path)
    }
}

fn with_br(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_outside_the_directory_is_served() {
        let outer = tempfile::tempdir().unwrap();
        let site = outer.path().join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(site.join("index.html"), "page").unwrap();
        std::fs::write(site.join(".hidden"), "hidden").unwrap();
        std::fs::write(outer.path().join("secret"), "secret").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("secret"), site.join("link")).unwrap();
        let directory = Directory::open(&site).unwrap();
        assert_eq!(directory.file("index.html").await.unwrap().bytes, "page");
        for name in
            ["../secret", "link", ".hidden", "a/../../secret", "/etc/passwd", "..\\secret", "%2e%2e/secret"]
        {
            assert_eq!(directory.file(name).await, None, "{name}");
        }
    }
}
