//! Reads the credentials of a profile.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use serverless_emulator::Credentials;

use crate::error::CliError;

/// Reads the credentials of a profile from `~/.aws/credentials` ("Configuration and credential file settings").
///
/// # Errors
///
/// A usage error if there are none.
pub fn read(name: &str) -> Result<Credentials, CliError> {
    let missing = |why: String| {
        CliError::usage(format!("--aws-profile {name}: {why}")).hint(format!(
            "if the profile signs in otherwise, run `aws configure export-credentials --profile {name} --format env-no-export > FILE`, and use --env FILE"
        ))
    };
    let file = file().ok_or_else(|| missing("this user has no home directory".into()))?;
    let text = std::fs::read_to_string(&file)
        .map_err(|error| missing(format!("{} cannot be read: {error}", file.display())))?;
    of(&text, name).ok_or_else(|| missing(format!("{} has no keys for this profile", file.display())))
}

fn file() -> Option<PathBuf> {
    let named = env::var_os("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
    named.or_else(|| Some(env::home_dir()?.join(".aws").join("credentials")))
}

fn of(text: &str, name: &str) -> Option<Credentials> {
    let mut section = "";
    let mut values = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(begun) => section = begun.trim(),
            None if section == name => {
                values.extend(line.split_once('=').map(|(key, value)| (key.trim(), value.trim().to_owned())));
            }
            None => {}
        }
    }
    Some(Credentials::Real {
        access_key_id: values.remove("aws_access_key_id")?,
        secret_access_key: values.remove("aws_secret_access_key")?,
        session_token: values.remove("aws_session_token"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_named_profile_are_read() {
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key = B\n[dev]\naws_access_key_id=C\naws_secret_access_key=D\naws_session_token=E\n[empty]\n";
        let real = |id: &str, secret: &str, token: Option<&str>| Credentials::Real {
            access_key_id: id.into(),
            secret_access_key: secret.into(),
            session_token: token.map(str::to_owned),
        };
        assert!(of(text, "default") == Some(real("A", "B", None)));
        assert!(of(text, "dev") == Some(real("C", "D", Some("E"))));
        assert!(of(text, "empty").is_none() && of(text, "other").is_none());
    }
}
