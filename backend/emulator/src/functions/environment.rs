//! The environment variables of functions, besides those that Lambda sets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serverless_app::Function;

use crate::desk::authority::TrustFiles;
use crate::desk::proxy;
use crate::functions::clients::Clients;
use crate::functions::packages::Packages;
use crate::functions::runtime::Family;
use crate::settings::{Credentials, FunctionEnvironment};

/// The endpoints of the desk and of the emulated services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Port to which connections to AWS are redirected.
    pub desk_port: u16,
    /// Host names that are redirected, and all below them.
    pub suffixes: Vec<String>,
    /// Address of the desk's HTTP server.
    pub http: String,
    /// Address of the `@connections` of the app's first API.
    pub management: Option<String>,
    /// Addresses of the app's APIs on AWS, each with the one that takes its place here.
    pub apis: Vec<(String, String)>,
    /// Address of DynamoDB Local.
    pub dynamodb: Option<String>,
    /// Address of the emulator of queues.
    pub sqs: Option<String>,
}

/// Everything from which the environment of a function is made.
pub struct EnvironmentSource<'a> {
    pub endpoints: &'a Endpoints,
    pub trust: &'a TrustFiles,
    pub clients: &'a Clients,
    pub packages: &'a Packages,
    pub overrides: &'a FunctionEnvironment,
    pub credentials: &'a Credentials,
}

impl EnvironmentSource<'_> {
    /// Returns the variables of a function whose layers are in the folder `opt`.
    pub fn of(&self, function: &Function, opt: Option<&Path>) -> BTreeMap<String, String> {
        let mut variables = self.described(function);
        // SDKs send it with each request, which tells the functions apart.
        variables.entry("AWS_SDK_UA_APP_ID".into()).or_insert_with(|| function.name.clone());
        variables.extend(self.services().into_iter().map(|(name, value)| (name.to_owned(), value)));
        variables.extend(self.trust().into_iter().map(|(name, value)| (name.to_owned(), value)));
        variables.extend(self.credentials().into_iter().map(|(name, value)| (name.to_owned(), value)));
        variables.extend(self.overrides.all.clone());
        for name in [&function.logical_id, &function.name] {
            variables.extend(self.overrides.single.get(name).cloned().unwrap_or_default());
        }
        // The paths come last, because without them connections to AWS would leave this machine.
        self.add_paths(&mut variables, function, opt);
        variables
    }

    /// Returns the variables of the description. The programs of most runtimes cannot be made to connect to the desk instead of
    /// AWS, so that addresses of the app's own APIs in their variables are replaced.
    fn described(&self, function: &Function) -> BTreeMap<String, String> {
        let mut variables = function.environment.clone();
        if !Family::of(function.runtime.as_deref().unwrap_or_default()).is_redirected() {
            for value in variables.values_mut() {
                for (on_aws, here) in &self.endpoints.apis {
                    *value = value.replace(on_aws, here);
                }
            }
        }
        variables
    }

    fn services(&self) -> Vec<(&'static str, String)> {
        let Endpoints { desk_port, suffixes, http, management, apis: _, dynamodb, sqs } = self.endpoints;
        let mut variables = vec![
            ("TICKERTAPE_DESK_PORT", desk_port.to_string()),
            ("TICKERTAPE_DESK_SUFFIXES", suffixes.join(",")),
            ("AWS_ENDPOINT_URL_LAMBDA", http.clone()),
            // Without this, X-Ray's SDK ends an invocation that has no segment.
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned()),
        ];
        if *self.credentials == Credentials::Invented {
            variables.push(("AWS_ENDPOINT_URL", http.clone()));
            // The service with the real credentials is not in this machine.
            variables.push(("AWS_EC2_METADATA_DISABLED", "true".to_owned()));
            // A function that knows its home directory does not find the person's profiles there.
            let empty = text(&self.clients.empty());
            variables.push(("AWS_SHARED_CREDENTIALS_FILE", empty.clone()));
            variables.push(("AWS_CONFIG_FILE", empty));
        }
        let named = [
            ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", management),
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
            ("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", dynamodb),
            ("AWS_ENDPOINT_URL_SQS", sqs),
        ];
        variables.extend(named.into_iter().filter_map(|(name, url)| Some((name, url.clone()?))));
        variables
    }

    fn trust(&self) -> [(&'static str, String); 5] {
        let TrustFiles { authority, bundle } = self.trust;
        let (authority, bundle) = (text(authority), text(bundle));
        [
            ("NODE_EXTRA_CA_CERTS", authority),
            ("AWS_CA_BUNDLE", bundle.clone()),
            ("SSL_CERT_FILE", bundle.clone()),
            ("REQUESTS_CA_BUNDLE", bundle.clone()),
            ("CURL_CA_BUNDLE", bundle),
        ]
    }

    fn credentials(&self) -> Vec<(&'static str, String)> {
        match self.credentials {
            Credentials::Invented => vec![
                ("AWS_ACCESS_KEY_ID", "local".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
                ("AWS_SESSION_TOKEN", "local".to_owned()),
            ],
            Credentials::Real { access_key_id, secret_access_key, session_token } => vec![
                ("AWS_ACCESS_KEY_ID", access_key_id.clone()),
                ("AWS_SECRET_ACCESS_KEY", secret_access_key.clone()),
                ("AWS_SESSION_TOKEN", session_token.clone().unwrap_or_default()),
            ],
        }
    }

    /// Adds the paths on which interpreters look for modules, as Lambda has them with `/opt` and `/var/runtime`. Programs of other
    /// runtimes get the desk as their proxy.
    fn add_paths(&self, variables: &mut BTreeMap<String, String>, function: &Function, opt: Option<&Path>) {
        let runtime = function.runtime.as_deref().unwrap_or_default();
        let in_opt = |names: &[&str]| -> Vec<PathBuf> {
            names.iter().filter_map(|name| Some(opt?.join(name))).collect()
        };
        if let Some(opt) = opt {
            variables.insert("TICKERTAPE_OPT".into(), text(opt));
            prepend(variables, "PATH", in_opt(&["bin"]), std::env::var("PATH").ok());
            prepend(variables, "LD_LIBRARY_PATH", in_opt(&["lib"]), None);
        }
        match Family::of(runtime) {
            Family::Node => {
                let modules = self.packages.node.join("node_modules");
                let mut paths = in_opt(&["nodejs/node_modules"]);
                paths.extend(in_opt(&[&format!("nodejs/{}/node_modules", node_folder(runtime))]));
                paths.push(modules);
                prepend(variables, "NODE_PATH", paths, None);
                variables.insert("TICKERTAPE_NODE_PACKAGES".into(), text(&self.packages.node));
                // Versions of the SDK for a newer Node.js than that of this machine would warn in every process.
                variables.insert("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED".into(), "true".into());
                let own = variables.remove("NODE_OPTIONS").unwrap_or_default();
                let options = format!("--require={} {own}", text(&self.clients.node_preload()));
                variables.insert("NODE_OPTIONS".into(), options.trim().to_owned());
            }
            Family::Python => {
                let mut paths = vec![self.clients.python_folder()];
                paths.extend(in_opt(&["python", &format!("python/lib/{runtime}/site-packages")]));
                paths.push(self.packages.python.clone());
                prepend(variables, "PYTHONPATH", paths, None);
                variables.insert("TICKERTAPE_PYTHON_PACKAGES".into(), text(&self.packages.python));
                // Compiled modules are not written beside the sources, which on Lambda cannot be written to.
                variables.entry("PYTHONDONTWRITEBYTECODE".into()).or_insert_with(|| "1".into());
            }
            Family::Provided | Family::Ruby | Family::Java | Family::DotNet | Family::Unknown => {
                for (name, value) in proxy::variables(self.endpoints.desk_port, &function.name) {
                    variables.entry(name.to_owned()).or_insert(value);
                }
            }
        }
    }
}

/// Returns the folder of layers for one version of Node.js: `node20` for `nodejs20.x`.
fn node_folder(runtime: &str) -> String {
    runtime.replace("nodejs", "node").trim_end_matches(".x").to_owned()
}

/// Puts paths before those that a variable has. If the variable is not set, it is taken to have the value `otherwise`.
fn prepend(
    variables: &mut BTreeMap<String, String>,
    name: &str,
    paths: Vec<PathBuf>,
    otherwise: Option<String>,
) {
    let had = variables.get(name).cloned().or(otherwise).filter(|value| !value.is_empty());
    let all = paths.into_iter().chain(had.iter().flat_map(std::env::split_paths));
    // Paths that contain the separator cannot be part of such a variable.
    if let Ok(joined) = std::env::join_paths(all) {
        variables.insert(name.to_owned(), joined.to_string_lossy().into_owned());
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use serverless_app::read;

    use super::*;

    /// Returns the variables of a function with this runtime, to which a file adds others.
    fn variables(runtime: &str, given: &[(&str, &str)]) -> BTreeMap<String, String> {
        let folder = tempfile::TempDir::new().expect("a folder");
        let template = format!(
            "Resources: {{ F: {{ Type: AWS::Lambda::Function, Properties: {{ Code: src/, Handler: a.b, Runtime: {runtime} }} }} }}"
        );
        let files = BTreeMap::from([("template.yaml".to_owned(), template)]);
        let app = read("template.yaml", &files, &serverless_app::Settings::default()).expect("well-formed");
        let endpoints = Endpoints {
            desk_port: 1,
            suffixes: Vec::new(),
            http: "http://127.0.0.1:2".into(),
            management: None,
            apis: Vec::new(),
            dynamodb: None,
            sqs: None,
        };
        let all = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let source = EnvironmentSource {
            endpoints: &endpoints,
            trust: &TrustFiles { authority: "authority".into(), bundle: "bundle".into() },
            clients: &Clients::write(folder.path()).expect("written"),
            packages: &Packages { node: "node".into(), python: "python".into() },
            overrides: &FunctionEnvironment { all, single: BTreeMap::new() },
            credentials: &Credentials::Invented,
        };
        source.of(&app.functions[0], None)
    }

    #[test]
    fn variables_of_a_file_do_not_remove_the_modules_that_redirect_connections() {
        let node = variables("nodejs22.x", &[("NODE_OPTIONS", "--no-warnings"), ("NODE_PATH", "lib")]);
        let options = &node["NODE_OPTIONS"];
        assert!(options.starts_with("--require=") && options.ends_with(" --no-warnings"), "{options}");
        let paths: Vec<PathBuf> = std::env::split_paths(&node["NODE_PATH"]).collect();
        assert_eq!(paths, [Path::new("node").join("node_modules"), "lib".into()]);
        let python = variables("python3.13", &[("PYTHONPATH", "src")]);
        let paths: Vec<PathBuf> = std::env::split_paths(&python["PYTHONPATH"]).collect();
        let [client, packages, own] = paths.as_slice() else { panic!("{paths:?}") };
        assert!(client.ends_with("python") && client.is_absolute(), "{client:?}");
        assert_eq!((packages.as_path(), own.as_path()), (Path::new("python"), Path::new("src")));
    }

    #[test]
    fn variables_of_a_file_take_precedence_over_those_of_the_emulator() {
        let given = [("AWS_ACCESS_KEY_ID", "own"), ("PYTHONDONTWRITEBYTECODE", "")];
        let python = variables("python3.13", &given);
        assert_eq!(given.map(|(name, _)| python[name].as_str()), given.map(|(_, value)| value));
    }
}
