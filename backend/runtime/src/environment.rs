//! The environment variables of a function's process ("Working with Lambda environment variables", "Defined runtime
//! environment variables").

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;

use crate::function::Function;
use crate::sweeper::VARIABLE;

/// The version of every function. Functions of this host have no other version.
pub(crate) const VERSION: &str = "$LATEST";

/// Returns all environment variables of a function's process. The function's configuration cannot change the variables
/// that Lambda reserves, except the region and the credentials. On Lambda the credentials come from the function's
/// role, which the host does not have.
pub(crate) fn variables(
    function: &Function,
    runtime_api: SocketAddr,
    log_stream: &str,
    path: Option<OsString>,
) -> BTreeMap<String, OsString> {
    let defaults = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_REGION", &function.region),
        ("AWS_DEFAULT_REGION", &function.region),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ];
    let mut variables: BTreeMap<String, OsString> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    variables.extend(path.map(|path| ("PATH".to_owned(), path)));
    let configured = function.environment.iter().map(|(name, value)| (name.clone(), value.into()));
    variables.extend(configured);
    variables.extend(reserved(function, runtime_api, log_stream));
    variables
}

fn reserved(
    function: &Function,
    runtime_api: SocketAddr,
    log_stream: &str,
) -> impl Iterator<Item = (String, OsString)> {
    let name = &function.name;
    [
        ("_HANDLER", function.handler.clone().into()),
        ("LAMBDA_TASK_ROOT", function.task_root.clone().into()),
        ("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", function.runtime).into()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string().into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", VERSION.into()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}").into()),
        (VARIABLE, log_stream.into()),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string().into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables_of(configured: &[(&str, &str)]) -> BTreeMap<String, OsString> {
        let configured = configured.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let mut function = Function::new("thumb", "/functions/thumb/bootstrap");
        function.environment = configured.collect();
        let api = SocketAddr::from(([127, 0, 0, 1], 9001));
        variables(&function, api, "2026/11/22/[$LATEST]1", Some("/bin".into()))
    }

    #[test]
    fn a_function_gets_the_variables_that_lambda_sets() {
        let variables = variables_of(&[]);
        for (name, value) in [
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ("AWS_LAMBDA_FUNCTION_NAME", "thumb"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/thumb"),
            ("LAMBDA_TASK_ROOT", "/functions/thumb"),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
            ("AWS_SESSION_TOKEN", "local"),
            ("AWS_REGION", "local"),
            ("PATH", "/bin"),
        ] {
            assert_eq!(variables[name], value, "{name}");
        }
    }

    #[test]
    fn configured_variables_are_set_and_reserved_ones_cannot_be_changed() {
        let variables = variables_of(&[("STAGE", "desk"), ("AWS_REGION", "eu-west-1"), ("_HANDLER", "mine")]);
        assert_eq!(variables["STAGE"], "desk");
        assert_eq!(variables["AWS_REGION"], "eu-west-1");
        assert_eq!(variables["_HANDLER"], "bootstrap");
    }
}
