//! The names that resources have when they are deployed.

use crate::error::Error;
use crate::evaluate::Scope;
use crate::node::Node;
use crate::stack::Resource;
use crate::surroundings::identifier;

/// Properties that contain the name of a resource. A resource without the property, or of another type, is named after
/// its stack and its logical id.
const NAMES: [(&str, &str); 16] = [
    ("AWS::ApiGatewayV2::DomainName", "DomainName"),
    ("AWS::ApiGatewayV2::Stage", "StageName"),
    ("AWS::DynamoDB::GlobalTable", "TableName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::Events::EventBus", "Name"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::Lambda::Alias", "Name"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Lambda::LayerVersion", "LayerName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::SSM::Parameter", "Name"),
    ("AWS::StepFunctions::StateMachine", "StateMachineName"),
];

impl Scope<'_> {
    /// Returns the name of a resource.
    pub fn name(self, resource: &Resource) -> Result<String, Error> {
        if resource.kind == "AWS::ApiGatewayV2::Api" {
            return Ok(identifier(&format!("{} {}", self.stack.name, resource.id)));
        }
        if resource.kind == "AWS::CloudFront::Distribution" {
            let letters = identifier(&format!("{} {}", self.stack.name, resource.id));
            return Ok(format!("E{}", letters.to_uppercase()));
        }
        let property = NAMES.iter().find(|(kind, _)| *kind == resource.kind).map(|(_, property)| property);
        let Some(name) = property.and_then(|property| resource.properties.get(property)) else {
            return Ok(self.generated(resource));
        };
        let key = format!("the name of {}", resource.id);
        let value = self.all.once(key, &name.place, || self.evaluate(name))?;
        match value.as_ref().map(|node| (node, node.as_text())) {
            None => Ok(self.generated(resource)),
            Some((_, Some(text))) if !text.is_empty() => Ok(text.to_owned()),
            Some((node, _)) => {
                let problem = format!("the name of {} is {}", resource.id, empty_or(node));
                Err(Error::new(&name.place, problem, "write a name, or remove the property"))
            }
        }
    }

    /// Returns the name that CloudFormation would generate, without the random letters at its end.
    fn generated(self, resource: &Resource) -> String {
        let name = format!("{}-{}", self.stack.name, resource.id.replace('.', "-"));
        let is_fifo = resource.properties.get("FifoQueue").and_then(Node::as_text) == Some("true");
        match resource.kind.as_str() {
            "AWS::S3::Bucket" => name.to_lowercase(),
            "AWS::SQS::Queue" if is_fifo => format!("{name}.fifo"),
            _ => name,
        }
    }
}

fn empty_or(node: &Node) -> &'static str {
    if node.as_text().is_some() { "empty" } else { node.kind() }
}
