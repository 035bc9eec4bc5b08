//! Runs `tickertape token`.

use backend_core::token::{Claims, Expected, MintError, mint_for};

use super::output::Output;
use super::serve::{read_secret, unusable};
use crate::cli::TokenArgs;
use crate::error::CliError;
use tickertape_client::clock::wall_ms;

/// Prints a token.
///
/// # Errors
///
/// A usage error if the token would permit nothing, or the secret cannot be used.
pub fn run(args: &TokenArgs) -> Result<(), CliError> {
    if args.sub.is_empty() {
        return Err(
            CliError::usage("--sub is empty").hint("give the name of the token's holder, such as --sub web1")
        );
    }
    if [&args.subscribe, &args.publish, &args.forget, &args.edit].iter().all(|filters| filters.is_empty()) {
        return Err(CliError::usage(
            "a token without --subscribe, --publish, --forget or --edit would permit nothing",
        )
        .hint("add --subscribe '*', --publish '*', or both; --forget '*' permits deleting topics, and --edit '*' saving boards"));
    }
    let secret = read_secret(&args.auth_secret_file)?;
    let expected = Expected { issuer: args.issuer.clone(), audience: args.audience.clone() };
    let token = mint_for(&claims(args), &expected, &secret).map_err(|error| match error {
        MintError::Weak(weak) => unusable(&args.auth_secret_file, &weak.into()),
        MintError::Signing { .. } => CliError::failed(error),
    })?;
    Output::open().words(&token)
}

fn claims(args: &TokenArgs) -> Claims {
    let seconds = i64::try_from(args.ttl.as_secs()).unwrap_or(i64::MAX);
    Claims {
        sub: args.sub.clone(),
        exp: (wall_ms() / 1_000).saturating_add(seconds),
        nbf: None,
        subscribe: args.subscribe.clone(),
        publish: args.publish.clone(),
        forget: args.forget.clone(),
        edit: args.edit.clone(),
    }
}
