//! Reads the SAM template `template.yaml` as JSON. CloudFormation's short forms are converted to long ones, such as
//! `!Ref X` to `{"Ref": "X"}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

const TEMPLATE: &str = include_str!("../template.yaml");

/// The whole SAM template as JSON, with long forms of CloudFormation's functions.
pub struct Template(Value);

/// One statement of the IAM policies of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Identifier of the statement (`Sid`).
    pub sid: String,
    /// Actions that the statement permits, such as `dynamodb:PutItem`.
    pub actions: Vec<String>,
    /// Resources for which the statement permits the actions.
    pub resources: Vec<Value>,
}

impl Template {
    /// Reads the template.
    ///
    /// # Panics
    ///
    /// If the template is not valid YAML. Then no test can continue.
    #[allow(clippy::unwrap_used, reason = "only tests read it, and none of them could go on")]
    pub fn read() -> Self {
        Self(plain(serde_yaml_ng::from_str(TEMPLATE).unwrap()))
    }

    /// Returns the properties of the resource with this name, or null if there is no such resource.
    pub fn properties(&self, resource: &str) -> &Value {
        &self.0["Resources"][resource]["Properties"]
    }

    /// Returns all resources of the type `kind`, each with its name and its properties.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let all = self.0["Resources"].as_object().into_iter().flatten();
        let wanted = all.filter(move |(_, resource)| resource["Type"] == kind);
        wanted.map(|(name, resource)| (name.as_str(), &resource["Properties"]))
    }

    /// Returns the names of the template's parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0["Parameters"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// Returns the default value of the parameter with this name, or null if it has none.
    pub fn default_of(&self, parameter: &str) -> &Value {
        &self.0["Parameters"][parameter]["Default"]
    }

    /// Returns the mapping `name`, or null if there is no such mapping.
    pub fn mapping(&self, name: &str) -> &Value {
        &self.0["Mappings"][name]
    }

    /// Returns the definition of the parameter `name`, or null if there is no such parameter.
    pub fn parameter(&self, name: &str) -> &Value {
        &self.0["Parameters"][name]
    }

    /// Returns the conditions that a rule of the template requires of the parameters.
    pub fn assertions(&self, rule: &str) -> impl Iterator<Item = &Value> {
        let all = self.0["Rules"][rule]["Assertions"].as_array().into_iter().flatten();
        all.map(|assertion| &assertion["Assert"])
    }

    /// Returns the checks of the linter checkov that the template skips. Each is an object with the `id` of the check
    /// and a `comment` that gives the reason.
    pub fn skipped_checks(&self) -> impl Iterator<Item = &Value> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        resources.flat_map(|(_, resource)| {
            resource["Metadata"]["checkov"]["skip"].as_array().into_iter().flatten()
        })
    }

    /// Returns the environment variables of a function resource, such as `BroadcastFunction`.
    pub fn environment(&self, function: &str) -> BTreeMap<String, Value> {
        let variables = self.properties(function)["Environment"]["Variables"].as_object();
        variables.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Returns all policy statements of a role, such as `BroadcastRole`.
    pub fn statements(&self, role: &str) -> Vec<Statement> {
        let policies = items(&self.properties(role)["Policies"]);
        policies
            .iter()
            .flat_map(|policy| items(&policy["PolicyDocument"]["Statement"]))
            .map(statement)
            .collect()
    }
}

fn statement(value: Value) -> Statement {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Statement {
        sid: text(&value["Sid"]),
        actions: items(&value["Action"]).iter().map(text).collect(),
        resources: items(&value["Resource"]),
    }
}

/// Returns the items of a list. A value that is not a list counts as its only item, because CloudFormation accepts this
/// too.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tagged) => written_out(&tagged.tag.to_string(), tagged.value),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(entries) => {
            let key = |key: Yaml| key.as_str().unwrap_or_default().to_owned();
            entries.into_iter().map(|(name, value)| (key(name), plain(value))).collect::<Map<_, _>>().into()
        }
        // The other values are scalars, and JSON has every scalar of YAML.
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

/// Converts a short form to the long one: `!GetAtt A.B` to `{"Fn::GetAtt": ["A", "B"]}` (AWS CloudFormation User Guide,
/// "Intrinsic function reference").
fn written_out(tag: &str, value: Yaml) -> Value {
    let name = match tag.trim_start_matches('!') {
        plain @ ("Ref" | "Condition") => plain.to_owned(),
        function => format!("Fn::{function}"),
    };
    let value = match plain(value) {
        Value::String(path) if name == "Fn::GetAtt" => path.splitn(2, '.').collect(),
        other => other,
    };
    Map::from_iter([(name, value)]).into()
}
