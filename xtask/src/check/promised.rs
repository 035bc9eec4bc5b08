//! Checks that the project still uses the technology that its description promises, such as Leptos, Trunk and AWS's
//! SDK.

use super::sources::Source;
use serde_json::Value;

/// Files and folders at the root of the project that must exist.
const PATHS: [&str; 7] =
    ["Cargo.toml", "Trunk.toml", "backend/", "frontend/", "index.html", "infra/", "shared/"];

/// Dependencies that must exist. Each pair is a crate of the workspace and a library on which it must depend, not only
/// in tests.
const DEPENDENCIES: [(&str, &str); 9] = [
    ("backend-aws", "aws-sdk-apigatewaymanagement"),
    ("backend-aws", "aws-sdk-dynamodb"),
    ("backend-lambda", "lambda_runtime"),
    ("frontend", "gloo-net"),
    ("frontend", "leptos"),
    ("frontend", "serde_json"),
    ("frontend", "wasm-bindgen"),
    ("frontend", "web-sys"),
    ("tickertape-shared", "serde_json"),
];

/// Functions of `web-sys` that set the handlers of the four events of the browser's `WebSocket`. The page must call
/// each of them itself.
const SOCKET_EVENTS: [&str; 4] = ["set_onopen", "set_onmessage", "set_onerror", "set_onclose"];

/// Returns one sentence for each promise that is not kept. `trunk` is the version of Trunk that `xtask` installs.
pub fn violations(sources: &[Source], metadata: &Value, trunk: &str) -> Vec<String> {
    let paths = PATHS.iter().filter(|path| !exists(sources, path)).map(|path| format!("{path} is missing"));
    let dependencies = DEPENDENCIES.iter().filter(|(name, library)| !builds_on(metadata, name, library));
    let dependencies = dependencies.map(|(name, library)| format!("{name} must build on {library}"));
    let events = SOCKET_EVENTS.iter().filter(|event| !is_used_in_page(sources, event));
    let events = events.map(|event| format!("frontend/src must call {event} on the browser's WebSocket"));
    paths.chain(dependencies).chain(events).chain(wrong_trunk(sources, trunk)).collect()
}

fn exists(sources: &[Source], path: &str) -> bool {
    sources.iter().any(|source| source.path == path || path.ends_with('/') && source.path.starts_with(path))
}

fn builds_on(metadata: &Value, name: &str, library: &str) -> bool {
    let package = array(&metadata["packages"]).find(|package| package["name"] == name);
    let dependencies = package.into_iter().flat_map(|package| array(&package["dependencies"]));
    let mut compiled =
        dependencies.filter(|dependency| dependency["kind"].is_null() && dependency["optional"] != true);
    compiled.any(|dependency| dependency["name"] == library)
}

fn is_used_in_page(sources: &[Source], event: &str) -> bool {
    let mut page = sources.iter().filter(|source| source.path.starts_with("frontend/src/"));
    page.any(|source| source.text.contains(event))
}

fn wrong_trunk(sources: &[Source], version: &str) -> Option<String> {
    let wanted = format!("trunk-version = \"^{version}\"");
    let settings = sources.iter().find(|source| source.path == "Trunk.toml")?;
    (!settings.text.contains(&wanted)).then(|| format!("Trunk.toml must say {wanted}, which xtask installs"))
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sources() -> Vec<Source> {
        let files = [
            ("Cargo.toml", ""),
            ("Trunk.toml", "trunk-version = \"^1.2.3\""),
            ("backend/core/src/lib.rs", ""),
            ("frontend/src/socket.rs", "set_onopen set_onmessage set_onerror set_onclose"),
            ("index.html", ""),
            ("infra/template.yaml", ""),
            ("shared/src/lib.rs", ""),
        ];
        files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() }).into()
    }

    fn metadata() -> Value {
        let packages = DEPENDENCIES.iter().map(|(name, _)| {
            let libraries = DEPENDENCIES.iter().filter(|(other, _)| other == name);
            let dependencies: Vec<Value> = libraries
                .map(|(_, library)| json!({"name": library, "kind": null, "optional": false}))
                .collect();
            json!({"name": name, "dependencies": dependencies})
        });
        json!({ "packages": packages.collect::<Vec<_>>() })
    }

    #[test]
    fn a_project_that_keeps_its_promises_has_no_violation() {
        assert_eq!(violations(&sources(), &metadata(), "1.2.3"), [""; 0]);
    }

    #[test]
    fn every_path_that_is_gone_is_found() {
        for path in PATHS {
            let mut sources = sources();
            sources.retain(|source| source.path != path && !source.path.starts_with(path));
            let found = violations(&sources, &metadata(), "1.2.3");
            assert!(found.contains(&format!("{path} is missing")), "{found:?}");
        }
    }

    #[test]
    fn every_library_that_is_gone_optional_or_for_tests_alone_is_found() {
        for (name, library) in DEPENDENCIES {
            for (key, value) in [("name", json!("other")), ("kind", json!("dev")), ("optional", json!(true))]
            {
                let mut metadata = metadata();
                let packages = metadata["packages"].as_array_mut().unwrap();
                let packages = packages.iter_mut().filter(|package| package["name"] == name);
                let dependencies =
                    packages.flat_map(|package| package["dependencies"].as_array_mut().unwrap());
                for dependency in dependencies.filter(|dependency| dependency["name"] == library) {
                    dependency[key] = value.clone();
                }
                let found = violations(&sources(), &metadata, "1.2.3");
                assert_eq!(found, [format!("{name} must build on {library}")]);
            }
        }
    }

    #[test]
    fn an_event_of_the_socket_that_is_not_used_is_found() {
        let mut sources = sources();
        sources[3].text = "set_onopen set_onmessage set_onclose".to_owned();
        let found = violations(&sources, &metadata(), "1.2.3");
        assert_eq!(found, ["frontend/src must call set_onerror on the browser's WebSocket"]);
    }

    #[test]
    fn another_version_of_trunk_is_found() {
        let found = violations(&sources(), &metadata(), "1.2.4");
        assert_eq!(found, ["Trunk.toml must say trunk-version = \"^1.2.4\", which xtask installs"]);
    }
}
