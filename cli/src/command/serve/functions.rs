//! Reads the flags of `serve --functions lambda`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use backend_core::Access;
use tickertape_server::FunctionSettings;

use super::access;
use crate::cli::{FunctionsArg, ServeArgs};
use crate::error::CliError;

/// Reads the settings of the Lambda functions from the flags.
///
/// # Errors
///
/// A usage error if a flag does not apply to Lambda functions, or if a file is missing or invalid.
pub fn settings(args: &ServeArgs) -> Result<FunctionSettings, CliError> {
    refuse_the_stores_flags(args)?;
    refuse_one_address_only(args)?;
    let directory = directory(args)?;
    let environment = args.lambda.function_env.as_deref().map(read_environment).transpose()?;
    Ok(FunctionSettings {
        directory,
        environment: environment.unwrap_or_default(),
        secret_file: secret_file(args)?,
    })
}

/// Refuses the flags that only apply to Lambda functions, unless `--functions lambda` was given.
///
/// # Errors
///
/// A usage error that names the flag.
pub fn refuse_without(args: &ServeArgs) -> Result<(), CliError> {
    let given = [
        ("--function-dir", args.lambda.function_dir.is_some()),
        ("--function-env", args.lambda.function_env.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) if args.lambda.functions == FunctionsArg::Embedded => {
            let what = format!("{flag} has no effect without --functions lambda");
            Err(CliError::usage(what).hint(format!("add --functions lambda, or leave {flag} out")))
        }
        _ => Ok(()),
    }
}

fn refuse_the_stores_flags(args: &ServeArgs) -> Result<(), CliError> {
    let store =
        "with --functions lambda, topics are stored in the functions' DynamoDB tables, not on this machine";
    let refused = |flag: &str, why: &str, hint: &str| {
        Err(CliError::usage(format!("{flag} cannot be used: {why}")).hint(hint))
    };
    if args.data_dir.is_some() {
        return refused(
            "--data-dir (or TICKERTAPE_DATA_DIR)",
            store,
            "leave it out, and name the tables in the file of --function-env",
        );
    }
    if args.keep_age.is_some() || args.keep_count.is_some() {
        let hint = "leave them out; to keep history for a day, add the line TICKERTAPE_KEEP_AGE_MS=86400000 to the file of --function-env";
        return refused("--keep-age and --keep-count", store, hint);
    }
    if args.keep_bytes.is_some() {
        return refused(
            "--keep-bytes",
            store,
            "leave it out; to store less, lower TICKERTAPE_KEEP_AGE_MS in the file of --function-env",
        );
    }
    if args.no_host {
        let why = "with --functions lambda this machine's metrics are never published";
        return refused("--no-host", why, "leave it out; to publish them, run `tickertape host`");
    }
    if args.tls_cert.is_some() {
        let why = "with --functions lambda, the functions send to this server over plain HTTP, so it cannot use TLS";
        return refused("--tls-cert", why, "leave --tls-cert and --tls-key out");
    }
    Ok(())
}

/// Refuses an address at which the server cannot be reached over loopback. The functions send messages to this server
/// over loopback, and the server accepts their messages from nowhere else.
fn refuse_one_address_only(args: &ServeArgs) -> Result<(), CliError> {
    let ip = args.listen.ip();
    if ip.is_loopback() || ip.is_unspecified() {
        return Ok(());
    }
    let what = format!(
        "--listen {} cannot be used: Lambda functions must be able to reach this server over loopback",
        args.listen
    );
    Err(CliError::usage(what)
        .hint("use --listen 127.0.0.1:8080, or --listen 0.0.0.0:8080 with --auth-secret-file"))
}

/// Returns the directory of the functions as an absolute path, because each function is started in its own directory.
fn directory(args: &ServeArgs) -> Result<PathBuf, CliError> {
    let Some(named) = &args.lambda.function_dir else {
        let what = "--functions lambda needs the directory that contains the functions";
        return Err(CliError::usage(what).hint("add --function-dir DIR"));
    };
    let found = named.canonicalize();
    let directory = found.map_err(|error| {
        CliError::usage(format!("--function-dir {} cannot be used: {error}", named.display()))
    })?;
    match FunctionSettings::missing_program(&directory) {
        None => Ok(directory),
        Some(missing) => {
            let what = format!(
                "--function-dir {} cannot be used: it contains no {}",
                named.display(),
                missing.display()
            );
            Err(CliError::usage(what)
                .hint("in a source checkout, `cargo xtask lambda-local` builds and starts the functions"))
        }
    }
}

/// Returns the path of the file with the secret, after the same checks as for a server without Lambda functions.
/// Standard input is refused, because each function reads the file itself.
fn secret_file(args: &ServeArgs) -> Result<Option<PathBuf>, CliError> {
    let Some(path) = &args.auth_secret_file else {
        return access::of(args).map(|_| None);
    };
    if path == Path::new("-") {
        let what = "--auth-secret-file -: the secret cannot come from standard input, because each Lambda function reads its file when it starts";
        return Err(CliError::usage(what).hint("give the path of a file that contains the secret"));
    }
    match access::of(args)?.access {
        Access::Tokens(_) => path.canonicalize().map(Some).map_err(CliError::failed),
        Access::Open => Ok(None),
    }
}

fn read_environment(path: &Path) -> Result<BTreeMap<String, String>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::usage(format!("--function-env {} cannot be read: {error}", path.display()))
    })?;
    environment(&text).map_err(|line| {
        CliError::usage(format!(
            "--function-env {} cannot be used: line {line} is not of the form NAME=VALUE",
            path.display()
        ))
    })
}

/// Reads lines of `NAME=VALUE`. Empty lines and lines that begin with `#` are skipped. The error is the number of the
/// first line that has another form.
fn environment(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let telling = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    telling
        .map(|(number, line)| match line.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            }
            Some(_) | None => Err(number),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_read_line_by_line() {
        let read = environment("# tables\n\nA=1\n B = two=2 \nEMPTY=\n").expect("it is well-formed");
        let expected = [("A", "1"), ("B", "two=2"), ("EMPTY", "")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(environment("A=1\nexport\n"), Err(2));
        assert_eq!(environment("=1"), Err(1));
    }
}
