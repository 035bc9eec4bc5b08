//! The file with the secret that signs tokens. This module creates the file, reads it after a check of its permissions,
//! and reads it again when it changes.

mod create;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use backend_core::token::{Keys, Verifier, WeakSecret};
use tokio::time::{MissedTickBehavior, interval};

use crate::notify::Notify;
use crate::permissions::open_to_others;
use crate::stamp::Stamp;

pub use create::create_secret;

/// Time between two checks for a change of the file. They are needed because not every platform can signal a change.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The reason why the secret in a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("the secret could not be read: {0}")]
    Io(#[from] io::Error),
    /// Users other than its owner can read or change the file. Change its permissions.
    #[error(
        "other users of this machine can read or change the file (its mode is {mode:04o}), but only its owner may"
    )]
    OpenToOthers {
        /// The permissions of the file.
        mode: u32,
    },
    /// The secret is so weak that it can be guessed.
    #[error(transparent)]
    Weak(#[from] WeakSecret),
}

/// Reads the secret from a file, and removes white space at its beginning and end.
///
/// # Errors
///
/// [`SecretError::Io`], or [`SecretError::OpenToOthers`] if users other than the file's owner can read or change it.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, SecretError> {
    let mut file = File::open(path)?;
    if let Some(mode) = open_to_others(&file)? {
        return Err(SecretError::OpenToOthers { mode });
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.trim_ascii().to_vec())
}

/// The secret of a running server, and the file that contains it. When the file changes, it is read again, and tokens that were
/// signed with the former secret are not accepted any more.
pub struct SecretFile {
    path: PathBuf,
    stamp: Option<Stamp>,
    secret: Vec<u8>,
    verifier: Verifier,
}

impl SecretFile {
    /// Reads the secret from the file at `path`.
    ///
    /// # Errors
    ///
    /// [`SecretError`], if the file cannot be read, is open to other users, or contains a weak secret.
    pub fn open(path: &Path) -> Result<Self, SecretError> {
        // The stamp is taken before the content is read: if the file changes in between, it is read again.
        let stamp = Stamp::of(path);
        let secret = read_secret(path)?;
        let verifier = Verifier::new(&secret)?;
        Ok(Self { path: path.to_owned(), stamp, secret, verifier })
    }

    /// Returns the verifier of tokens that are signed with the secret. The verifier also uses the new secret after a change.
    pub fn verifier(&self) -> Verifier {
        self.verifier.clone()
    }

    /// Checks the file for changes at regular intervals, and calls `changed` after the secret has been replaced. Runs until it is
    /// aborted.
    pub(crate) async fn follow<F: Future<Output = ()>>(mut self, notify: Notify, changed: impl Fn() -> F) {
        let mut ticks = interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let path = self.path.clone();
            match self.check(Stamp::of(&path), || read_secret(&path)) {
                Ok(false) => {}
                Ok(true) => {
                    notify.notify(&format!(
                        "the secret in {} has changed; tokens that were signed with the former secret are not accepted any more",
                        path.display()
                    ));
                    changed().await;
                }
                Err(error) => {
                    notify.notify(&format!(
                        "the secret in {} cannot be used: {error}; the former secret stays in use",
                        path.display()
                    ));
                }
            }
        }
    }

    /// Reads the file if its stamp has changed. Returns true if the secret has changed, too. From then on, tokens
    /// are verified with the new secret.
    fn check(
        &mut self,
        stamp: Option<Stamp>,
        read: impl FnOnce() -> Result<Vec<u8>, SecretError>,
    ) -> Result<bool, SecretError> {
        if stamp == self.stamp {
            return Ok(false);
        }
        self.stamp = stamp;
        let secret = read()?;
        if secret == self.secret {
            return Ok(false);
        }
        self.verifier.replace_keys(Keys::secret(&secret)?);
        self.secret = secret;
        Ok(true)
    }
}

/// Prints the path of the file, but never the secret.
impl std::fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretFile").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
