//! Serves the page from a directory. This is useful during the development of the page.

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

    /// Reads the file of this name and, if the directory contains it, the same file compressed with Brotli. Returns `None` if the
    /// file is not in the directory.
    pub async fn file(&self, name: &str) -> Option<Asset> {
        let bytes = self.read(name).await?;
        let brotli = self.read(&format!("{name}.br")).await;
        Some(Asset::new(name, bytes, brotli))
    }

    async fn read(&self, name: &str) -> Option<Bytes> {
        let path = self.resolve(name).await?;
        tokio::fs::read(path).await.ok().map(Bytes::from)
    }

    /// Returns the path of a file in the directory, after symbolic links are followed. Returns `None` if that path is
    /// outside the directory. Otherwise a person who may create links in the directory could publish files that only
    /// the server may read.
    async fn resolve(&self, name: &str) -> Option<PathBuf> {
        let is_plain = name.split('/').all(|part| !part.starts_with('.') && !part.is_empty());
        if !is_plain || name.contains(['\\', ':', '\0', '%']) {
            return None;
        }
        let path = tokio::fs::canonicalize(self.root.join(name)).await.ok()?;
        path.starts_with(&self.root).then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a directory with a page inside another directory, which also contains a file named `secret`.
    fn site() -> (tempfile::TempDir, PathBuf) {
        let outer = tempfile::tempdir().unwrap();
        let site = outer.path().join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(site.join("index.html"), "page").unwrap();
        std::fs::write(outer.path().join("secret"), "secret").unwrap();
        (outer, site)
    }

    #[tokio::test]
    async fn nothing_outside_the_directory_is_served() {
        let (_outer, site) = site();
        std::fs::write(site.join(".hidden"), "hidden").unwrap();
        std::fs::create_dir(site.join("folder")).unwrap();
        let directory = Directory::open(&site).unwrap();
        assert_eq!(directory.file("index.html").await.unwrap().bytes, "page");
        for name in
            ["../secret", "folder", ".hidden", "a/../../secret", "/etc/passwd", "..\\secret", "%2e%2e/secret"]
        {
            assert_eq!(directory.file(name).await, None, "{name}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn no_link_leads_out_of_the_directory() {
        use std::os::unix::fs::symlink;
        let (outer, site) = site();
        let secret = outer.path().join("secret");
        symlink(&secret, site.join("link")).unwrap();
        symlink("index.html", site.join("inside.html")).unwrap();
        symlink(outer.path(), site.join("folder")).unwrap();
        symlink(&secret, site.join("index.html.br")).unwrap();
        let directory = Directory::open(&site).unwrap();
        for name in ["link", "folder/secret"] {
            assert_eq!(directory.file(name).await, None, "{name}");
        }
        assert_eq!(directory.file("inside.html").await.unwrap().bytes, "page");
        assert_eq!(directory.file("index.html").await.unwrap().brotli, None);
    }

    #[tokio::test]
    async fn the_compressed_form_beside_a_file_is_found() {
        let (_outer, site) = site();
        std::fs::write(site.join("index.html.br"), "compressed").unwrap();
        let directory = Directory::open(&site).unwrap();
        assert_eq!(directory.file("index.html").await.unwrap().brotli, Some(Bytes::from("compressed")));
    }
}
