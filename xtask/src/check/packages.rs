//! Checks that the manifests of the published crates have the fields that crates.io requires.

use serde_json::Value;

/// Names of the crates that are published on crates.io. A crate comes after those on which it depends.
pub const PUBLISHED: [&str; 5] =
    ["tickertape-shared", "tickertape-session", "tickertape-client", "apigw-websocket", "lambda-host"];

/// Fields that the manifest of every published crate must have. Without a field `readme`, a file README.md beside the
/// manifest is enough, because Cargo finds it.
const FIELDS: [&str; 6] = ["description", "keywords", "categories", "license", "readme", "repository"];

/// Returns one sentence for each field that a published crate lacks, and for each crate that Cargo would publish but
/// that [`PUBLISHED`] does not contain.
pub fn violations(metadata: &Value) -> Vec<String> {
    let packages = || metadata["packages"].as_array().into_iter().flatten();
    let ours = packages().filter(|package| package["source"].is_null());
    let unlisted = ours.filter(|package| package["publish"].is_null() && !is_listed(&package["name"]));
    let unlisted = unlisted.map(|package| {
        format!("{} is published, but not listed in xtask/src/check/packages.rs", package["name"])
    });
    let listed =
        PUBLISHED.iter().flat_map(|name| match packages().find(|package| package["name"] == *name) {
            None => vec![format!("{name} is not in the workspace")],
            Some(package) => faults_of(name, package),
        });
    listed.chain(unlisted).collect()
}

fn is_listed(name: &Value) -> bool {
    PUBLISHED.iter().any(|listed| name == listed)
}

fn faults_of(name: &str, package: &Value) -> Vec<String> {
    let is_empty = |value: &Value| {
        value.as_str().unwrap_or_default().is_empty() && value.as_array().is_none_or(Vec::is_empty)
    };
    let missing = FIELDS.iter().filter(|field| is_empty(&package[**field]));
    let missing = missing.map(|field| format!("{name} has no {field}"));
    let private = (!package["publish"].is_null()).then(|| format!("{name} is marked `publish = false`"));
    missing.chain(private).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata() -> Value {
        let packages = PUBLISHED.map(|name| {
            json!({
                "name": name, "source": null, "publish": null, "description": "d", "keywords": ["k"], "categories": ["c"],
                "license": "MIT", "readme": "README.md", "repository": "r",
            })
        });
        json!({ "packages": packages })
    }

    #[test]
    fn complete_manifests_have_no_violation() {
        assert_eq!(violations(&metadata()), [""; 0]);
    }

    #[test]
    fn every_field_that_is_missing_is_found() {
        for field in FIELDS {
            for nothing in [Value::Null, json!(""), json!([])] {
                let mut metadata = metadata();
                metadata["packages"][1][field] = nothing;
                assert_eq!(violations(&metadata), [format!("{} has no {field}", PUBLISHED[1])]);
            }
        }
    }

    #[test]
    fn a_crate_that_cannot_be_published_or_is_gone_is_found() {
        let mut metadata = metadata();
        metadata["packages"][0]["publish"] = json!([]);
        metadata["packages"][1]["name"] = json!("other");
        metadata["packages"][1]["publish"] = json!([]);
        let expected = [
            format!("{} is marked `publish = false`", PUBLISHED[0]),
            format!("{} is not in the workspace", PUBLISHED[1]),
        ];
        assert_eq!(violations(&metadata), expected);
    }

    #[test]
    fn a_crate_that_would_be_published_by_accident_is_found() {
        let mut metadata = metadata();
        let newcomer = json!({"name": "newcomer", "source": null, "publish": null});
        metadata["packages"].as_array_mut().unwrap().push(newcomer);
        let found = violations(&metadata);
        assert_eq!(found, ["\"newcomer\" is published, but not listed in xtask/src/check/packages.rs"]);
    }
}
