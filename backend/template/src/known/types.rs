//! Types of resources.

use crate::words;

/// Types that become part of the app, with their attributes for `Fn::GetAtt`. An empty list means that attributes are
/// not checked.
const DONE: [(&str, &[&str]); 20] = [
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
    ("AWS::CloudFront::Distribution", &["DomainName", "Id"]),
    ("AWS::CloudFront::ResponseHeadersPolicy", &["Id", "LastModifiedTime"]),
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
const CACHES: &str = "distributions keep no answers here";
const ALARMS: &str = "alarms and dashboards are for AWS";
const NAMES: &str = "names and certificates are not registered";
const DEPLOYMENT: &str = "this is about deploying";

/// Types that mean nothing on one machine, each with the reason. A name that ends in `::` stands for all types of a
/// service. An exact name comes before the service that it belongs to.
const IRRELEVANT: [(&str, &str); 37] = [
    ("AWS::ApiGateway::Account", "it permits API Gateway to write logs"),
    ("AWS::ApplicationAutoScaling::", "capacity is not limited here"),
    ("AWS::CDK::Metadata", "these are statistics of CDK"),
    ("AWS::CertificateManager::", NAMES),
    ("AWS::CloudFormation::WaitCondition", DEPLOYMENT),
    ("AWS::CloudFormation::WaitConditionHandle", DEPLOYMENT),
    ("AWS::CloudFront::CachePolicy", CACHES),
    ("AWS::CloudFront::CloudFrontOriginAccessIdentity", PERMISSIONS),
    ("AWS::CloudFront::MonitoringSubscription", ALARMS),
    ("AWS::CloudFront::OriginAccessControl", PERMISSIONS),
    (
        "AWS::CloudFront::OriginRequestPolicy",
        "all headers and parameters of requests are passed on to origins",
    ),
    ("AWS::CloudFront::RealtimeLogConfig", "requests are not logged"),
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

/// All types of SAM (AWS Serverless Application Model Developer Guide, "AWS SAM resources and properties").
const SAM: [&str; 11] = [
    "AWS::Serverless::Api",
    "AWS::Serverless::Application",
    "AWS::Serverless::CapacityProvider",
    "AWS::Serverless::Connector",
    "AWS::Serverless::Function",
    "AWS::Serverless::GraphQLApi",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::LayerVersion",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::WebSocketApi",
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

/// Returns the types of which one may be meant, if there is no type of this name. Not all types of AWS are known here, so that a
/// name only counts as a mistake if it is one of SAM, or differs in one or two letters from a type of the same service.
pub(crate) fn similar_types(kind: &str) -> Option<Vec<&'static str>> {
    if kind.starts_with("AWS::Serverless::") {
        return (!SAM.contains(&kind)).then(|| SAM.to_vec());
    }
    let service = kind.rsplit_once("::").map(|(service, _)| service);
    let done = DONE.iter().map(|(done, _)| *done);
    let similar: Vec<_> = done
        .filter(|done| done.rsplit_once("::").map(|(service, _)| service) == service)
        .filter(|done| words::is_similar(kind, done))
        .collect();
    (!similar.is_empty()).then_some(similar)
}

/// Returns what it means that nothing is started for a resource of a service, such as `SNS`.
pub(crate) fn consequence(service: &str) -> String {
    let answer = format!("calls of {service} are answered with the error 501 (NotImplementedException)");
    match service {
        "Events" | "Scheduler" => {
            format!("this is not started: its rules and schedules invoke no function, and {answer}")
        }
        "SNS" => format!("this is not started: nothing is published or delivered, and {answer}"),
        "SecretsManager" | "SSM" => format!(
            "this is not started: functions cannot read its value, and {answer}; values that they read from their environment can be given with --env"
        ),
        "Cognito" => format!("this is not started: nobody can sign in, and {answer}"),
        _ => format!("this is not started, and {answer}"),
    }
}
