//! Which functions there are, and what they are told.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backend_core::{Access, ROTATE_IN_MS};
use lambda_host::Function;

use super::bootstrap;
use crate::cli::{FunctionsArg, ServeArgs};
use crate::failure::Failure;
use crate::serve::{STAGE, access};

/// Handles the events of connections.
pub const WEBSOCKET: &str = "websocket";
/// Decides about handshakes.
pub const AUTHORIZER: &str = "authorizer";
/// Answers HTTP.
pub const INGEST: &str = "ingest";
/// Passes on what the topics table's stream tells.
const BROADCAST: &str = "broadcast";

/// Name, time-out in seconds, memory in MB: as `infra/template.yaml` has them, which a test compares.
const FUNCTIONS: [(&str, u64, u32); 4] =
    [(WEBSOCKET, 29, 512), (AUTHORIZER, 5, 256), (INGEST, 29, 512), (BROADCAST, 60, 1024)];

/// Processes of one function at once. A process takes some ten megabytes here, so it is less than Lambda's 1,000.
const CONCURRENCY: usize = 64;

/// What was asked for, checked.
#[derive(Debug)]
pub struct Settings {
    directory: PathBuf,
    environment: BTreeMap<String, String>,
    secret_file: Option<PathBuf>,
}

impl Settings {
    /// # Errors
    ///
    /// A usage failure: a flag that means nothing here, a file that is missing or not understood.
    pub fn of(args: &ServeArgs) -> Result<Self, Failure> {
        refuse_the_stores_flags(args)?;
        refuse_one_address_only(args)?;
        let directory = directory(args)?;
        let environment = args.lambda.function_env.as_deref().map(read_environment).transpose()?;
        Ok(Self { directory, environment: environment.unwrap_or_default(), secret_file: secret_file(args)? })
    }

    /// Where the functions are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether the functions check tokens, with a secret or with an issuer's keys, so that there is an authorizer.
    pub fn asks_for_tokens(&self) -> bool {
        let told = |name: &str| self.environment.get(name).map(String::as_str);
        let has_secret = told("TICKERTAPE_SECRET").is_some_and(|secret| secret != "none");
        self.secret_file.is_some() || has_secret || told("TICKERTAPE_JWKS_URL").is_some()
    }

    /// The functions of the server at this address, where they post and where they invoke each other, told how much
    /// faster time passes.
    pub fn functions(&self, here: &str, time_scale: NonZeroU32) -> Vec<Function> {
        let environment = self.environment_with(here, time_scale);
        let function = |(name, timeout, memory_mb): &(&str, u64, u32)| Function {
            environment: environment.clone(),
            timeout: Duration::from_secs(*timeout),
            memory_mb: *memory_mb,
            concurrency: CONCURRENCY,
            ..Function::new(*name, bootstrap(&self.directory, name))
        };
        FUNCTIONS.iter().map(function).collect()
    }

    /// What the file says goes before what is known here.
    fn environment_with(&self, here: &str, time_scale: NonZeroU32) -> BTreeMap<String, String> {
        let secret =
            self.secret_file.as_ref().map_or("none".into(), |path| format!("file:{}", path.display()));
        let mut environment: BTreeMap<String, String> = [
            ("TICKERTAPE_MANAGEMENT_ENDPOINT", format!("http://{here}/{STAGE}")),
            ("TICKERTAPE_SECRET", secret),
            ("TICKERTAPE_ROTATE_IN_MS", (ROTATE_IN_MS / u64::from(time_scale.get())).to_string()),
            ("AWS_ENDPOINT_URL_LAMBDA", format!("http://{here}")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        environment.extend(self.environment.clone());
        environment
    }
}

/// Flags that say something about functions where there are none.
///
/// # Errors
///
/// A usage failure that names the flag which is missing.
pub fn refuse_without(args: &ServeArgs) -> Result<(), Failure> {
    let given = [
        ("--function-dir", args.lambda.function_dir.is_some()),
        ("--function-env", args.lambda.function_env.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) if args.lambda.functions == FunctionsArg::Embedded => {
            let what = format!("{flag} says where real functions are, and this program's own are to answer");
            Err(Failure::usage(what).hint("give --functions lambda as well, or leave it out"))
        }
        _ => Ok(()),
    }
}

fn refuse_the_stores_flags(args: &ServeArgs) -> Result<(), Failure> {
    let store = "there is no store of its own with --functions lambda: topics live in the functions' tables";
    let refused =
        |flag: &str, why: &str, hint: &str| Err(Failure::usage(format!("{flag}: {why}")).hint(hint));
    if args.data_dir.is_some() {
        return refused("--data-dir (or TICKERTAPE_DATA_DIR)", store, "name the tables in --function-env");
    }
    if args.keep_age.is_some() || args.keep_count.is_some() {
        let hint = "say how long to keep history in --function-env, as TICKERTAPE_KEEP_AGE_MS=86400000";
        return refused("--keep-age and --keep-count", store, hint);
    }
    if args.no_host {
        let why = "with --functions lambda this machine's metrics are not published anyhow";
        return refused("--no-host", why, "leave it out; `tickertape host` would publish them");
    }
    Ok(())
}

/// Functions post to this server over loopback, and only there it lets them.
fn refuse_one_address_only(args: &ServeArgs) -> Result<(), Failure> {
    let ip = args.listen.ip();
    if ip.is_loopback() || ip.is_unspecified() {
        return Ok(());
    }
    let what = format!("--listen {}: functions have to reach this server over loopback", args.listen);
    Err(Failure::usage(what).hint("listen on 127.0.0.1, or on 0.0.0.0 with --auth-secret-file"))
}

/// Absolute, because functions start in their own directories.
fn directory(args: &ServeArgs) -> Result<PathBuf, Failure> {
    let Some(named) = &args.lambda.function_dir else {
        let what = "--functions lambda has to know where they are";
        return Err(Failure::usage(what).hint("give --function-dir DIR as well"));
    };
    let found = named.canonicalize();
    let directory =
        found.map_err(|error| Failure::usage(format!("--function-dir {}: {error}", named.display())))?;
    let mut bootstraps = FUNCTIONS.iter().map(|(name, ..)| bootstrap(&directory, name));
    match bootstraps.find(|bootstrap| !bootstrap.is_file()) {
        None => Ok(directory),
        Some(missing) => {
            let what = format!("--function-dir {}: there is no {}", named.display(), missing.display());
            Err(Failure::usage(what).hint("`cargo xtask lambda-local` builds the functions and starts them"))
        }
    }
}

/// The same rules as without functions; but they read the file themselves.
fn secret_file(args: &ServeArgs) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = &args.auth_secret_file else {
        return access::of(args).map(|_| None);
    };
    if path == Path::new("-") {
        let what = "--auth-secret-file -: functions read the secret themselves, each time one starts";
        return Err(Failure::usage(what).hint("name a file"));
    }
    match access::of(args)? {
        Access::Tokens(_) => path.canonicalize().map(Some).map_err(Failure::failed),
        Access::Open => Ok(None),
    }
}

fn read_environment(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("--function-env {}: {error}", path.display())))?;
    environment(&text).map_err(|line| {
        Failure::usage(format!("--function-env {}: line {line} is not NAME=VALUE", path.display()))
    })
}

/// Lines of `NAME=VALUE`; empty ones and those that begin with `#` say nothing. The number of the first line that is
/// neither is the error.
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

    const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

    #[test]
    fn functions_have_the_time_outs_and_memory_of_the_template() {
        for (name, timeout, memory_mb) in FUNCTIONS {
            let start = TEMPLATE.find(&format!("-{name}\"\n")).expect("the template names the function");
            let of = |key: &str| {
                let line = TEMPLATE[start..].lines().find_map(|line| line.trim().strip_prefix(key));
                line.and_then(|value| value.trim().parse::<u64>().ok())
            };
            assert_eq!(of("Timeout:"), Some(timeout), "{name}");
            assert_eq!(of("MemorySize:"), Some(memory_mb.into()), "{name}");
        }
    }

    #[test]
    fn whoever_has_a_secret_or_an_issuers_keys_asks_for_tokens() {
        let asks = |line: &str| {
            let environment = environment(line).expect("it is well-formed");
            Settings { directory: PathBuf::new(), environment, secret_file: None }.asks_for_tokens()
        };
        assert!(!asks("") && !asks("TICKERTAPE_SECRET=none"));
        assert!(asks("TICKERTAPE_SECRET=ssm:/name") && asks("TICKERTAPE_JWKS_URL=https://issuer.example"));
    }

    #[test]
    fn where_time_passes_faster_functions_have_connections_replaced_sooner_unless_they_are_told_otherwise() {
        let told = |time_scale, typed| {
            let environment = environment(typed).expect("it is well-formed");
            let settings = Settings { directory: PathBuf::new(), environment, secret_file: None };
            let mut told = settings.environment_with("127.0.0.1:8080", NonZeroU32::new(time_scale).unwrap());
            told.remove("TICKERTAPE_ROTATE_IN_MS").expect("it is set")
        };
        assert_eq!(told(1, ""), "6600000");
        assert_eq!(told(720, ""), "9166");
        assert_eq!(told(720, "TICKERTAPE_ROTATE_IN_MS=5000"), "5000");
    }

    #[test]
    fn an_environment_is_read_line_by_line() {
        let read = environment("# tables\n\nA=1\n B = two=2 \nEMPTY=\n").expect("it is well-formed");
        let expected = [("A", "1"), ("B", "two=2"), ("EMPTY", "")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(environment("A=1\nexport\n"), Err(2));
        assert_eq!(environment("=1"), Err(1));
    }
}
