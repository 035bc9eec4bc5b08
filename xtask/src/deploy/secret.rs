//! The secret with which tokens are signed. It is created here, stored in AWS Systems Manager, and never printed or
//! logged.

use super::call::Call;
use super::cloud::Cloud;
use crate::error::TaskError;
use crate::step::{self, Outcome};
use crate::terminal;
use std::fs::File;
use std::io::Read;

/// Length of the secret in bytes. RFC 7518, section 3.2, requires at least the length of the hash, which is 32 bytes.
const SECRET_BYTES: usize = 32;
/// The random generator of Unix. [`put`] needs Unix anyway, because it reads `/dev/stdin`.
const RANDOM: &str = "/dev/urandom";
const TITLE: &str = "secret";

/// Creates the secret if it does not exist, or replaces it if `rotates` is true. Returns the version of the secret. It
/// is a setting of the functions, so that they read the secret again after it was replaced.
pub fn make_or_keep(cloud: &Cloud, rotates: bool) -> Result<String, TaskError> {
    let outcome = cloud.observe(TITLE, put(cloud, rotates), &random_text()?)?;
    match outcome {
        None => {}
        Some(outcome) if outcome.status.success() => terminal::done(TITLE, "created"),
        Some(outcome) if says_that_it_exists(&outcome) => terminal::done(TITLE, "exists"),
        Some(outcome) => return Err(step::failed(TITLE, outcome)),
    }
    let version = ["ssm", "get-parameter", "--name", &cloud.place.secret(), "--query", "Parameter.Version"];
    let call = cloud.aws(version).with(["--output", "text"]);
    match cloud.observe("version of the secret", call, "")? {
        None => Ok("1".to_owned()),
        Some(outcome) if outcome.status.success() => Ok(outcome.lines.join("").trim().to_owned()),
        Some(outcome) => Err(step::failed("version of the secret", outcome)),
    }
}

/// Returns the call of `aws` that prints the secret to its standard output.
pub fn show(cloud: &Cloud) -> Call {
    let call = cloud.aws(["ssm", "get-parameter", "--with-decryption", "--name", &cloud.place.secret()]);
    call.with(["--query", "Parameter.Value", "--output", "text"])
}

/// Returns the call of `aws` that deletes the secret.
pub fn remove(cloud: &Cloud) -> Call {
    cloud.aws(["ssm", "delete-parameter", "--name", &cloud.place.secret()])
}

/// Returns the call of `aws` that stores the secret. The call reads the secret from its standard input, because other
/// users can see the arguments of a process.
fn put(cloud: &Cloud, rotates: bool) -> Call {
    let call = cloud.aws(["ssm", "put-parameter", "--name", &cloud.place.secret(), "--type", "SecureString"]);
    let call = call.with(["--value", "file:///dev/stdin"]);
    if rotates { call.with(["--overwrite"]) } else { call }
}

fn says_that_it_exists(outcome: &Outcome) -> bool {
    outcome.lines.iter().any(|line| line.contains("ParameterAlreadyExists"))
}

/// Returns a new random secret as hexadecimal digits. Random bytes could not be stored, because the parameter is a
/// text.
fn random_text() -> Result<String, TaskError> {
    let mut bytes = [0; SECRET_BYTES];
    let read = File::open(RANDOM).and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| TaskError::UnexpectedOutput { what: RANDOM.to_owned(), reason: error.to_string() })?;
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
