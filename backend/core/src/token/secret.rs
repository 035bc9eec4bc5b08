//! The minimum length of a shared secret.

/// Minimum length of a secret, in bytes: HS256 needs 256 bits or more (RFC 7518, section 3.2).
pub const SECRET_BYTES: usize = 32;

/// A secret that is too short. The operator has to choose a longer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret needs at least {limit} bytes; this one has {bytes}")]
pub struct WeakSecret {
    /// Length of the secret in bytes.
    pub bytes: usize,
    /// Minimum length, in bytes.
    pub limit: usize,
}

/// Checks that a secret is long enough.
///
/// # Errors
///
/// [`WeakSecret`] if it is shorter than [`SECRET_BYTES`].
pub(super) fn check_secret(secret: &[u8]) -> Result<(), WeakSecret> {
    if secret.len() < SECRET_BYTES {
        return Err(WeakSecret { bytes: secret.len(), limit: SECRET_BYTES });
    }
    Ok(())
}
