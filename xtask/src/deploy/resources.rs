//! Those resources of a deployment that AWS does not delete as they are: a bucket with files, and tables that are protected.
//!
//! They are found by their names in the template. A stack whose creation failed has resources, but no outputs.

use super::cloud::Cloud;
use crate::error::TaskError;
use crate::step;
use serde_json::Value;

/// Name of the page's bucket in the template.
const BUCKET: &str = "Site";
/// Names of the protected tables in the template.
const PROTECTED_TABLES: [&str; 2] = ["Topics", "History"];
/// Status of a resource that existed.
const DELETED: &str = "DELETE_COMPLETE";

/// Names of the bucket and of the protected tables, as far as CloudFormation has created them.
#[derive(Debug, PartialEq, Eq)]
pub struct Resources {
    pub bucket: Option<String>,
    pub protected_tables: Vec<String>,
}

impl Resources {
    /// Asks CloudFormation for the resources of the stack. In a dry run, returns placeholders.
    pub fn read(cloud: &Cloud) -> Result<Self, TaskError> {
        const TITLE: &str = "resources of the stack";
        let call =
            cloud.aws(["cloudformation", "list-stack-resources", "--stack-name", &cloud.place.stack()]);
        let fields = "StackResourceSummaries[].[LogicalResourceId,PhysicalResourceId,ResourceStatus]";
        match cloud.observe(TITLE, call.with(["--query", fields, "--output", "json"]), "")? {
            None => Ok(Self::placeholders()),
            Some(outcome) if outcome.status.success() => Self::parse(&outcome.lines.join("\n")),
            Some(outcome) => Err(step::failed(TITLE, outcome)),
        }
    }

    fn parse(json: &str) -> Result<Self, TaskError> {
        let resources: Vec<[Value; 3]> =
            serde_json::from_str(json).map_err(|error| TaskError::UnexpectedOutput {
                what: "the resources of the stack".to_owned(),
                reason: error.to_string(),
            })?;
        let name = |wanted: &str| {
            let is_there = |[id, _, status]: &&[Value; 3]| id == wanted && status != DELETED;
            let [_, name, _] = resources.iter().find(is_there)?;
            name.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
        };
        Ok(Self {
            bucket: name(BUCKET),
            protected_tables: PROTECTED_TABLES.iter().filter_map(|table| name(table)).collect(),
        })
    }

    fn placeholders() -> Self {
        Self {
            bucket: Some("BUCKET".to_owned()),
            protected_tables: PROTECTED_TABLES.map(str::to_uppercase).to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_that_were_not_created_or_were_deleted_are_left_out() {
        let resources = Resources::parse(
            r#"[
                ["Site", "page", "DELETE_COMPLETE"],
                ["Topics", null, "CREATE_FAILED"],
                ["History", "dev-History", "DELETE_FAILED"],
                ["Connections", "dev-Connections", "DELETE_COMPLETE"]
            ]"#,
        );
        let expected = Resources { bucket: None, protected_tables: vec!["dev-History".to_owned()] };
        assert_eq!(resources.unwrap(), expected);
        assert!(Resources::parse("null").is_err() && Resources::parse("").is_err());
    }

    #[test]
    fn the_names_are_those_of_the_template() {
        let template = include_str!("../../../infra/template.yaml");
        let has = |name: &str, kind: &str| template.contains(&format!("\n  {name}:\n    Type: {kind}\n"));
        assert!(has(BUCKET, "AWS::S3::Bucket"));
        assert!(PROTECTED_TABLES.iter().all(|table| has(table, "AWS::DynamoDB::Table")));
    }
}
