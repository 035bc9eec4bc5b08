//! The secret that tokens are signed with: made here, kept by AWS, and never shown.

use super::call::Call;
use super::cloud::Cloud;
use crate::failure::Failure;
use crate::step::{self, Outcome};
use crate::terminal;
use std::fs::File;
use std::io::Read;

/// What a token's signature is worth, in bytes (RFC 7518, section 3.2, asks for as many as the hash has).
const SECRET_BYTES: usize = 32;
/// The system's random generator. Where it is not, `file:///dev/stdin` is not either.
const RANDOM: &str = "/dev/urandom";
const TITLE: &str = "secret";

/// Makes the secret unless there is one, or in any case if it `rotates`; answers with its version, by which the
/// functions notice a new one.
pub fn make_or_keep(cloud: &Cloud, rotates: bool) -> Result<String, Failure> {
    let outcome = cloud.observe(TITLE, put(cloud, rotates), &random_text()?)?;
    match outcome {
        None => {}
        Some(outcome) if outcome.status.success() => terminal::done(TITLE, "made"),
        Some(outcome) if says_that_it_exists(&outcome) => terminal::done(TITLE, "is there"),
        Some(outcome) => return Err(step::refused(TITLE, outcome)),
    }
    let version = ["ssm", "get-parameter", "--name", &cloud.place.secret(), "--query", "Parameter.Version"];
    let call = cloud.aws(version).with(["--output", "text"]);
    match cloud.observe("version of the secret", call, "")? {
        None => Ok("1".to_owned()),
        Some(outcome) if outcome.status.success() => Ok(outcome.lines.join("").trim().to_owned()),
        Some(outcome) => Err(step::refused("version of the secret", outcome)),
    }
}

/// Prints the secret, for whoever makes tokens.
pub fn show(cloud: &Cloud) -> Call {
    let call = cloud.aws(["ssm", "get-parameter", "--with-decryption", "--name", &cloud.place.secret()]);
    call.with(["--query", "Parameter.Value", "--output", "text"])
}

/// Takes the secret away.
pub fn remove(cloud: &Cloud) -> Call {
    cloud.aws(["ssm", "delete-parameter", "--name", &cloud.place.secret()])
}

/// The value comes by the standard input: arguments are seen by whoever lists processes.
fn put(cloud: &Cloud, rotates: bool) -> Call {
    let call = cloud.aws(["ssm", "put-parameter", "--name", &cloud.place.secret(), "--type", "SecureString"]);
    let call = call.with(["--value", "file:///dev/stdin"]);
    if rotates { call.with(["--overwrite"]) } else { call }
}

fn says_that_it_exists(outcome: &Outcome) -> bool {
    outcome.lines.iter().any(|line| line.contains("ParameterAlreadyExists"))
}

/// As text, because a parameter is one.
fn random_text() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    let read = File::open(RANDOM).and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| Failure::Unreadable { what: RANDOM.to_owned(), reason: error.to_string() })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_64_hexadecimal_digits_and_never_twice_the_same() {
        let (one, other) = (random_text().unwrap(), random_text().unwrap());
        assert!(one.len() == 64 && one.chars().all(|c| c.is_ascii_hexdigit()), "{one}");
        assert_ne!(one, other);
    }
}
