//! Types of resources.

/// Types that become part of the app, with their attributes for `Fn::GetAtt`. An empty list means that attributes are
/// not checked.
const DONE: [(&str, &[&str]); 18] = [
    ("AWS::ApiGatewayV2::Api", &["ApiEndpoint", "ApiId"]),
    ("AWS::ApiGatewayV2::ApiMapping", &["ApiMappingId"]),
    ("AWS::ApiGatewayV2::Authorizer", &["AuthorizerId"]),
    ("AWS::ApiGatewayV2::Deployment", &["DeploymentId"]),
    ("AWS::ApiGatewayV2::DomainName", &[]),
    ("AWS::ApiGatewayV2::Integration", &["IntegrationId"]),
    ("AWS::ApiGatewayV2::IntegrationResponse", &["IntegrationResponseId"]),
    ("AWS::ApiGatewayV2::Route", &["RouteId"]),
    ("AWS::ApiGatewayV2::RouteResponse", &["RouteResponseId"]),
    ("AWS::ApiGatewayV2::Stage", &[]),
    ("AWS::DynamoDB::GlobalTable", &["Arn", "StreamArn", "TableId"]),
    ("AWS::DynamoDB::Table", &["Arn", "StreamArn"]),
    ("AWS::Lambda::EventInvokeConfig", &[]),
    ("AWS::Lambda::EventSourceMapping", &[]),
    ("AWS::Lambda::Function", &["Arn"]),
    ("AWS::Lambda::LayerVersion", &["LayerVersionArn"]),
    ("AWS::Lambda::Url", &["FunctionArn", "FunctionUrl"]),
    ("AWS::SQS::Queue", &["Arn", "QueueName", "QueueUrl"]),
];

const PERMISSIONS: &str = "permissions are not checked on one machine";
const ALARMS: &str = "alarms and dashboards are for AWS";
const NAMES: &str = "names and certificates are not registered";
const DEPLOYMENT: &str = "this is about deploying";

/// Types that mean nothing on one machine, each with the reason. A name that ends in `::` stands for all types of a
/// service. An exact name comes before the service that it belongs to.
const IRRELEVANT: [(&str, &str); 31] = [
    ("AWS::ApiGateway::Account", "it permits API Gateway to write logs"),
    ("AWS::ApplicationAutoScaling::", "capacity is not limited here"),
    ("AWS::CDK::Metadata", "these are statistics of CDK"),
    ("AWS::CertificateManager::", NAMES),
    ("AWS::CloudFormation::WaitCondition", DEPLOYMENT),
    ("AWS::CloudFormation::WaitConditionHandle", DEPLOYMENT),
    ("AWS::CloudWatch::", ALARMS),
    ("AWS::CodeDeploy::", DEPLOYMENT),
    ("AWS::EC2::", "functions run in the network of this machine"),
    ("AWS::IAM::", PERMISSIONS),
    ("AWS::KMS::", "nothing is encrypted with keys of an account here"),
    ("AWS::Lambda::Alias", "there is one version of each function, and every alias means it"),
    ("AWS::Lambda::CodeSigningConfig", "signatures of code are not checked"),
    ("AWS::Lambda::LayerVersionPermission", PERMISSIONS),
    ("AWS::Lambda::Permission", PERMISSIONS),
    ("AWS::Lambda::Version", "there is one version of each function"),
    ("AWS::Logs::", "logs are shown as functions write them"),
    ("AWS::Oam::", ALARMS),
    ("AWS::ResourceGroups::", "groups of resources are for AWS's console"),
    ("AWS::Route53::", NAMES),
    ("AWS::S3::BucketPolicy", PERMISSIONS),
    ("AWS::SecretsManager::ResourcePolicy", PERMISSIONS),
    ("AWS::SNS::TopicPolicy", PERMISSIONS),
    ("AWS::SQS::QueuePolicy", PERMISSIONS),
    ("AWS::SQS::QueueInlinePolicy", PERMISSIONS),
    ("AWS::ServiceCatalogAppRegistry::", "groups of resources are for AWS's console"),
    ("AWS::Serverless::Connector", PERMISSIONS),
    ("AWS::Signer::", "signatures of code are not checked"),
    ("AWS::Synthetics::", ALARMS),
    ("AWS::XRay::", "traces are not recorded"),
    ("AWS::Budgets::", "nothing is billed here"),
];

/// Returns true if resources of this type become part of the app.
pub(crate) fn is_done(kind: &str) -> bool {
    DONE.iter().any(|(done, _)| *done == kind)
}

/// Returns the reason for which resources of this type mean nothing on one machine.
pub(crate) fn irrelevance(kind: &str) -> Option<&'static str> {
    let matches = |name: &str| name == kind || (name.ends_with("::") && kind.starts_with(name));
    IRRELEVANT.iter().find(|(name, _)| matches(name)).map(|(_, reason)| *reason)
}

/// Returns the attributes of a type, or `None` if they are not known.
pub(crate) fn attributes(kind: &str) -> Option<&'static [&'static str]> {
    let known = DONE.iter().find(|(done, _)| *done == kind).map(|(_, attributes)| *attributes);
    known.filter(|attributes| !attributes.is_empty())
}
