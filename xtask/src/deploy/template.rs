//! Checks the SAM template infra/template.yaml without an AWS account.

use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools::{self, program};
use serde_json::Value;
use std::fs;

/// Path of the SAM template from the root of the project.
pub const TEMPLATE: &str = "infra/template.yaml";
const EXPANDING: &str = "template expanded";

/// Runs the linter `cfn-lint` on the SAM template. It must report neither errors nor warnings.
pub fn lint(project: &Project) -> Result<(), TaskError> {
    let linter = tools::cfn_lint(project)?.join(program("cfn-lint"));
    step::run(project, "template linted", project.command(linter).args(["--template", TEMPLATE])).map(drop)
}

/// Expands the SAM template to CloudFormation with the translator that AWS uses (aws-sam-translator), and checks the
/// resulting resources.
pub fn check_expanded(project: &Project) -> Result<(), TaskError> {
    let python = tools::cfn_lint(project)?.join(program("python"));
    let outcome = step::run(project, EXPANDING, project.command(python).args(["infra/expand.py", TEMPLATE]))?;
    let unreadable = |error: serde_json::Error| TaskError::UnexpectedOutput {
        what: EXPANDING.to_owned(),
        reason: error.to_string(),
    };
    let expanded = serde_json::from_str(&outcome.lines.join("\n")).map_err(unreadable)?;
    let faults = faults_of(&expanded);
    if faults.is_empty() {
        return Ok(());
    }
    step::show_end(&faults);
    terminal::failed(EXPANDING, &format!("{} faults", faults.len()));
    Err(TaskError::Failed { summary: format!("{EXPANDING}: {} faults, listed above", faults.len()) })
}

/// Returns the names of the SAM template's parameters.
pub fn parameters(project: &Project) -> Result<Vec<String>, TaskError> {
    let text = fs::read_to_string(project.root.join(TEMPLATE))
        .map_err(TaskError::while_doing("reading the template"))?;
    Ok(parameters_of(&text))
}

/// Returns the keys one level below `Parameters:` in a YAML text. Only the YAML syntax that the SAM template uses there
/// is understood.
fn parameters_of(template: &str) -> Vec<String> {
    let lines = template.lines().skip_while(|line| *line != "Parameters:").skip(1);
    let section = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    let keys = section.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    keys.filter(|key| !key.starts_with(' ')).map(str::to_owned).collect()
}

/// Returns one sentence for every expectation that the expanded template does not meet. The list is empty if it meets
/// all.
fn faults_of(expanded: &Value) -> Vec<String> {
    let all = of_type(expanded, "");
    let routes = of_type(expanded, "AWS::ApiGatewayV2::Route");
    let guarded = routes.iter().filter(|route| route["AuthorizationType"] == "CUSTOM");
    let guarded: Vec<&str> = guarded.filter_map(|route| route["RouteKey"].as_str()).collect();
    let permissions = of_type(expanded, "AWS::Lambda::Permission");
    let for_gateway = permissions.iter().filter(|one| one["Principal"] == "apigateway.amazonaws.com").count();
    let for_url = permissions.iter().filter(|one| one["Principal"] == "*").count();
    let functions = of_type(expanded, "AWS::Lambda::Function");
    let on_arm = functions.iter().filter(|one| one["Architectures"][0] == "arm64").count();
    let roles = of_type(expanded, "AWS::IAM::Role").len();
    let left = expanded["Resources"].to_string().contains("AWS::Serverless::");
    let expectations = [
        (!all.is_empty() && !left, "a resource of SAM was not expanded".to_owned()),
        (!routes.is_empty(), "there are no routes".to_owned()),
        (
            routes.len() == of_type(expanded, "AWS::ApiGatewayV2::Integration").len(),
            "not every route has an integration".to_owned(),
        ),
        (guarded == ["$connect"], format!("the authorizer is set on {guarded:?}, not on $connect alone")),
        (
            for_gateway == routes.len() + 1,
            format!(
                "API Gateway has {for_gateway} permissions to call functions; {} routes and an authorizer need one each",
                routes.len()
            ),
        ),
        (for_url == 2, format!("a public function URL needs two permissions, and has {for_url}")),
        (on_arm == functions.len(), format!("{on_arm} of {} functions are for ARM", functions.len())),
        (roles == functions.len(), format!("{roles} roles for {} functions: SAM added one", functions.len())),
    ];
    expectations.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
}

/// Returns the properties of all resources of the type `kind`, or of all resources if `kind` is empty.
fn of_type<'a>(expanded: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = expanded["Resources"].as_object().into_iter().flatten().map(|(_, resource)| resource);
    let wanted = all.filter(|resource| kind.is_empty() || resource["Type"] == kind);
    wanted.map(|resource| &resource["Properties"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn expanded() -> Value {
        let permission = |principal: &str| json!({"Type": "AWS::Lambda::Permission", "Properties": {"Principal": principal}});
        json!({"Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {"Architectures": ["arm64"]}},
            "Connect": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"RouteKey": "$connect", "AuthorizationType": "CUSTOM"}},
            "Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {}},
            "ForRoute": permission("apigateway.amazonaws.com"),
            "ForAuthorizer": permission("apigateway.amazonaws.com"),
            "ForUrl": permission("*"),
            "ForInvocation": permission("*"),
        }})
    }

    #[test]
    fn a_template_that_expands_as_expected_has_no_fault() {
        assert_eq!(faults_of(&expanded()), [""; 0]);
    }

    #[test]
    fn every_fault_is_found() {
        let broken = |pointer: &str, value: Value| {
            let mut expanded = expanded();
            *expanded.pointer_mut(pointer).unwrap() = value;
            faults_of(&expanded).len()
        };
        assert_eq!(broken("/Resources/Connect/Properties/AuthorizationType", json!("NONE")), 1);
        assert_eq!(broken("/Resources/Function/Properties/Architectures", json!(["x86_64"])), 1);
        assert_eq!(broken("/Resources/ForUrl/Properties/Principal", json!("x")), 1);
        assert_eq!(broken("/Resources/ForRoute/Properties/Principal", json!("x")), 1);
        assert_eq!(broken("/Resources/Integration/Type", json!("other")), 1);
        assert_eq!(broken("/Resources/Role/Type", json!("other")), 1);
        assert_eq!(broken("/Resources/Integration/Properties", json!({"Type": "AWS::Serverless::Api"})), 1);
        assert!(!faults_of(&json!({})).is_empty());
    }

    #[test]
    fn the_parameters_are_the_keys_of_their_section() {
        let template = "A: 1\n\nParameters:\n  Stage:\n    Type: String\n\n  LogDays:\n    Type: Number\nResources:\n  Api:\n";
        assert_eq!(parameters_of(template), ["Stage", "LogDays"]);
    }
}
