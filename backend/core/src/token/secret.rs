//! Refuses shared secrets that can be guessed.

/// Minimum length of a shared secret, in bytes: HS256 needs 256 bits or more (RFC 7518, section 3.2).
pub const SECRET_BYTES: usize = 32;

/// Minimum number of different byte values in a shared secret. Of two million random secrets of 32 hexadecimal digits,
/// about one has fewer, and is refused by mistake.
pub const SECRET_DISTINCT_BYTES: usize = 8;

/// The reason why a shared secret is refused: it could be guessed. The operator has to choose another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// The secret is too short.
    #[error("the secret has {bytes} bytes, but needs at least {limit} bytes: use a longer one")]
    TooShort {
        /// Length of the secret in bytes.
        bytes: usize,
        /// Minimum length of a secret in bytes.
        limit: usize,
    },
    /// The secret consists of few different bytes, such as one letter many times.
    #[error(
        "the secret has only {distinct} different characters, but needs at least {limit}: use a random one"
    )]
    FewDistinct {
        /// Number of different byte values in the secret.
        distinct: usize,
        /// Minimum number of different byte values.
        limit: usize,
    },
    /// The secret repeats a part that is shorter than the minimum length of a secret.
    #[error(
        "the secret repeats the same {period} characters, but needs at least {limit} characters without a repetition: use a random one"
    )]
    Repeated {
        /// Length of the part that is repeated, in bytes.
        period: usize,
        /// Minimum length of a secret in bytes.
        limit: usize,
    },
}

/// Refuses a secret that is short or follows a simple pattern. It cannot recognise every secret that a person has
/// chosen, so secrets should be random.
///
/// # Errors
///
/// [`WeakSecret`] with the reason.
pub(super) fn check_secret(secret: &[u8]) -> Result<(), WeakSecret> {
    if secret.len() < SECRET_BYTES {
        return Err(WeakSecret::TooShort { bytes: secret.len(), limit: SECRET_BYTES });
    }
    let distinct = distinct_bytes(secret);
    if distinct < SECRET_DISTINCT_BYTES {
        return Err(WeakSecret::FewDistinct { distinct, limit: SECRET_DISTINCT_BYTES });
    }
    match period(secret) {
        Some(period) => Err(WeakSecret::Repeated { period, limit: SECRET_BYTES }),
        None => Ok(()),
    }
}

fn distinct_bytes(secret: &[u8]) -> usize {
    let mut seen = [false; 256];
    secret.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Returns the length of the part that `secret` repeats, if it is shorter than [`SECRET_BYTES`]. The last repetition
/// may be incomplete.
fn period(secret: &[u8]) -> Option<usize> {
    (1..SECRET_BYTES.min(secret.len() / 2 + 1))
        .find(|period| secret[*period..] == secret[..secret.len() - period])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_one_letter_or_of_few_is_refused() {
        let few = |distinct| Err(WeakSecret::FewDistinct { distinct, limit: 8 });
        assert_eq!(check_secret(&[b'a'; 32]), few(1));
        assert_eq!(check_secret(&b"0101001101010110".repeat(4)), few(2));
        assert_eq!(check_secret(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefg"), few(7));
    }

    #[test]
    fn a_short_text_is_not_made_a_secret_by_repeating_it() {
        let repeated = |period| Err(WeakSecret::Repeated { period, limit: 32 });
        assert_eq!(
            check_secret(&b"password".repeat(4)),
            Err(WeakSecret::FewDistinct { distinct: 7, limit: 8 })
        );
        assert_eq!(check_secret(&b"my password".repeat(3)), repeated(11));
        assert_eq!(check_secret(b"0123456789abcdef0123456789abcdef0123"), repeated(16));
        assert_eq!(check_secret(b"0123456789abcdef0123456789abcdeX"), Ok(()));
    }

    #[test]
    fn random_bytes_and_random_digits_are_accepted() {
        for secret in [
            &b"Zk1vQ0m3o5Yb0Jr7mB0xkU7pVv5kq0E2c8mE3l1r9hA="[..],
            b"3f1c9a7be2d04c58916fa0d37be1c2451f0a9b8c7d6e5f403122334455667788",
            b"thirty-two bytes of pure secrecy",
        ] {
            assert_eq!(check_secret(secret), Ok(()), "{}", String::from_utf8_lossy(secret));
        }
    }
}
