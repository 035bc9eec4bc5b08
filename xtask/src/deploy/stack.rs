//! The CloudFormation stack of a deployment: the calls that create and delete it, and its outputs.

use super::call::Call;
use super::cloud::Cloud;
use super::options::Deploy;
use super::template::TEMPLATE;
use crate::error::TaskError;
use crate::step;
use serde_json::Value;

/// The outputs of the stack, which are addresses and names of its resources.
pub struct Outputs {
    pub site: String,
    pub websocket: String,
    ingest: String,
    pub bucket: String,
    pub distribution: String,
    issuer: String,
}

/// Returns the call of `aws` that removes the protection against deletion from a table.
pub fn unprotect(cloud: &Cloud, table: &str) -> Call {
    let call =
        cloud.aws(["dynamodb", "update-table", "--table-name", table, "--no-deletion-protection-enabled"]);
    call.with(["--query", "TableDescription.TableStatus", "--output", "text"])
}

/// Returns the call of `aws` that waits until a table can be used again after a change.
pub fn wait_for(cloud: &Cloud, table: &str) -> Call {
    cloud.aws(["dynamodb", "wait", "table-exists", "--table-name", table])
}

/// Returns the call of `sam` that creates or updates the stack. Parameters that are not in `options` keep their values.
pub fn deploy(cloud: &Cloud, options: &Deploy, secret_version: &str) -> Call {
    let place = cloud.place;
    let own = [
        ("Stage", place.stage.as_str()),
        ("SecretParameter", &place.secret()),
        ("SecretVersion", secret_version),
    ]
    .map(|(name, value)| parameter(name, value));
    let given = options.settings.iter().map(|(name, value)| parameter(name, value));
    cloud
        .sam(["deploy", "--template-file", TEMPLATE, "--stack-name", &place.stack()])
        .with(["--resolve-s3", "--s3-prefix", &place.stack(), "--capabilities", "CAPABILITY_IAM"])
        .with(["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"])
        .with(["--tags", "application=tickertape", &format!("stage={}", place.stage)])
        .with(["--parameter-overrides"])
        .with(own)
        .with(given)
}

/// Returns a parameter with its value as an argument of `sam`. `sam` refuses an empty value and ends a value at a space or a
/// quotation mark, unless the value is quoted.
fn parameter(name: &str, value: &str) -> String {
    if value.is_empty() || value.contains([' ', '\'', '"']) {
        format!("{name}='{}'", value.replace('\'', r"\'").replace('"', r#"\""#))
    } else {
        format!("{name}={value}")
    }
}

/// Returns the call of `sam` that deletes the stack, and the code that was uploaded for it.
pub fn delete(cloud: &Cloud) -> Call {
    cloud.sam(["delete", "--no-prompts", "--stack-name", &cloud.place.stack()])
}

impl Outputs {
    /// Reads the outputs of the stack from CloudFormation. In a dry run, returns placeholders.
    pub fn read(cloud: &Cloud) -> Result<Self, TaskError> {
        const TITLE: &str = "outputs of the stack";
        let call = cloud.aws(["cloudformation", "describe-stacks", "--stack-name", &cloud.place.stack()]);
        let call = call.with(["--query", "Stacks[0].Outputs", "--output", "json"]);
        match cloud.observe(TITLE, call, "")? {
            None => Ok(Self::placeholders()),
            Some(outcome) if outcome.status.success() => Self::parse(&outcome.lines.join("\n")),
            Some(outcome) => Err(step::failed(TITLE, outcome)),
        }
    }

    /// Returns the URL to which publications are posted, without a slash at the end.
    pub fn ingest(&self) -> &str {
        self.ingest.trim_end_matches('/')
    }

    /// Returns true if tokens are signed with the deployment's own secret, and false if an identity provider signs
    /// them.
    pub fn is_signed_by_us(&self) -> bool {
        self.issuer == "secret"
    }

    fn parse(json: &str) -> Result<Self, TaskError> {
        let unreadable = |reason: String| TaskError::UnexpectedOutput {
            what: "the outputs of the stack".to_owned(),
            reason,
        };
        let outputs: Value = serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))?;
        let all = outputs.as_array().cloned().unwrap_or_default();
        let get = |key: &str| {
            let output = all.iter().find(|output| output["OutputKey"] == key);
            let value = output.and_then(|output| output["OutputValue"].as_str());
            value.map(str::to_owned).ok_or_else(|| unreadable(format!("the output {key} is missing")))
        };
        Ok(Self {
            site: get("Site")?,
            websocket: get("WebSocket")?,
            ingest: get("Ingest")?,
            bucket: get("Bucket")?,
            distribution: get("Distribution")?,
            issuer: get("Issuer")?,
        })
    }

    fn placeholders() -> Self {
        Self {
            site: "https://SITE/".to_owned(),
            websocket: "wss://WEBSOCKET/STAGE".to_owned(),
            ingest: "https://INGEST/".to_owned(),
            bucket: "BUCKET".to_owned(),
            distribution: "DISTRIBUTION".to_owned(),
            issuer: "secret".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn outputs_json(keys: &[&str]) -> String {
        let outputs =
            keys.iter().map(|key| json!({"OutputKey": key, "OutputValue": format!("https://{key}/")}));
        outputs.collect::<Value>().to_string()
    }

    #[test]
    fn the_address_to_publish_to_has_no_slash_at_the_end() {
        let outputs = Outputs::parse(&outputs_json(&[
            "Site",
            "WebSocket",
            "Ingest",
            "Bucket",
            "Distribution",
            "Issuer",
        ]))
        .unwrap();
        assert_eq!((outputs.ingest(), outputs.site.as_str()), ("https://Ingest", "https://Site/"));
    }

    #[test]
    fn a_parameter_is_quoted_if_sam_would_refuse_or_cut_its_value() {
        for (value, argument) in [
            ("30", "Name=30"),
            ("https://a.example,http://b.example", "Name=https://a.example,http://b.example"),
            ("arn:aws:acm:us-east-1:1:certificate/2", "Name=arn:aws:acm:us-east-1:1:certificate/2"),
            ("", "Name=''"),
            ("a LogDays=30", "Name='a LogDays=30'"),
            ("it's", r"Name='it\'s'"),
            (r#"a "b""#, r#"Name='a \"b\"'"#),
        ] {
            assert_eq!(parameter("Name", value), argument);
        }
    }

    #[test]
    fn an_output_that_is_missing_is_named() {
        let failure =
            Outputs::parse(&outputs_json(&["Site", "WebSocket", "Ingest", "Bucket"])).err().unwrap();
        assert!(failure.to_string().contains("the output Distribution is missing"), "{failure}");
        assert!(Outputs::parse("null").is_err() && Outputs::parse("").is_err());
    }
}
