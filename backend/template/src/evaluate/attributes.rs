//! The values of `Ref` and `Fn::GetAtt` for each type of resource (AWS CloudFormation Template Reference, "Return
//! values" of each type).

use crate::error::Error;
use crate::evaluate::Scope;
use crate::known;
use crate::place::Place;
use crate::stack::Resource;
use crate::surroundings::identifier;

impl Scope<'_> {
    pub(super) fn value_of_ref(self, resource: &Resource, place: &Place) -> Result<String, Error> {
        match resource.kind.as_str() {
            "AWS::SQS::Queue" => self.attribute(resource, "QueueUrl", place),
            "AWS::Lambda::LayerVersion" => self.arn(resource),
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => self.qualified(resource),
            "AWS::Lambda::Url" => self.attribute(resource, "FunctionArn", place),
            "AWS::SNS::Topic" | "AWS::StepFunctions::StateMachine" | "AWS::SecretsManager::Secret" => {
                self.placeholder(resource, self.arn(resource)?, place)
            }
            // Integrations, routes, authorizers and deployments are identified by their logical ids, which other
            // resources of the template then contain.
            kind if is_part_of_api(kind) => Ok(resource.id.clone()),
            _ => self.placeholder(resource, self.name(resource)?, place),
        }
    }

    pub(super) fn attribute(self, resource: &Resource, name: &str, place: &Place) -> Result<String, Error> {
        let around = self.all.surroundings;
        match (resource.kind.as_str(), name) {
            ("AWS::Lambda::Function" | "AWS::DynamoDB::Table" | "AWS::SQS::Queue", "Arn")
            | ("AWS::DynamoDB::GlobalTable", "Arn")
            | ("AWS::Lambda::LayerVersion", "LayerVersionArn") => self.arn(resource),
            ("AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", "StreamArn") => {
                self.stream_arn(resource, place)
            }
            ("AWS::SQS::Queue", "QueueName") => self.name(resource),
            ("AWS::SQS::Queue", "QueueUrl") => self.queue_url(resource),
            ("AWS::ApiGatewayV2::Api", "ApiId") => self.name(resource),
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => {
                Ok(around.fill(&around.api_endpoint, "{api}", &self.name(resource)?))
            }
            ("AWS::Lambda::Url", "FunctionUrl") => Ok(self.function_url(resource)),
            ("AWS::Lambda::Url", "FunctionArn") => {
                let target = resource.properties.get("TargetFunctionArn");
                target.map_or(Ok(String::new()), |target| self.text(target, "the function of an address"))
            }
            ("AWS::S3::Bucket", "DomainName" | "RegionalDomainName" | "DualStackDomainName") => {
                self.bucket_domain(resource, name)
            }
            ("AWS::CloudFront::Distribution", "DomainName") => Ok(self.distribution_domain(resource)),
            ("AWS::CloudFront::Distribution" | "AWS::CloudFront::ResponseHeadersPolicy", "Id") => {
                self.name(resource)
            }
            ("AWS::Lambda::Version", "Version") => Ok("1".to_owned()),
            (kind, _) if is_part_of_api(kind) && name.ends_with("Id") => Ok(resource.id.clone()),
            _ => self.other_attribute(resource, name, place),
        }
    }

    fn other_attribute(self, resource: &Resource, name: &str, place: &Place) -> Result<String, Error> {
        if let Some(known) = known::attributes(&resource.kind) {
            let problem = format!("{} has no attribute `{name}`", resource.kind);
            return Err(Error::new(place, problem, crate::words::instead(name, known.iter().copied())));
        }
        let value = match name {
            "Arn" => self.arn(resource)?,
            _ => format!("{}-{}", self.name(resource)?, name.replace('.', "-")),
        };
        self.placeholder(resource, value, place)
    }

    /// Returns the address of a queue.
    pub fn queue_url(self, resource: &Resource) -> Result<String, Error> {
        let around = self.all.surroundings;
        Ok(around.fill(&around.queue_url, "{queue}", &self.name(resource)?))
    }

    /// Returns the address of a function, which depends on the names of its stack and resource.
    pub fn function_url(self, resource: &Resource) -> String {
        let around = self.all.surroundings;
        let letters = identifier(&format!("{} url {}", self.stack.name, resource.id));
        around.fill(&around.function_url, "{function}", &letters)
    }

    /// Returns a host name of a bucket, by which distributions name it (Amazon S3 User Guide, "Virtual hosting of buckets").
    fn bucket_domain(self, resource: &Resource, attribute: &str) -> Result<String, Error> {
        let (around, name) = (self.all.surroundings, self.name(resource)?);
        let service = match attribute {
            "DomainName" => "s3".to_owned(),
            "DualStackDomainName" => format!("s3.dualstack.{}", around.region),
            _ => format!("s3.{}", around.region),
        };
        Ok(format!("{name}.{service}.{}", around.url_suffix))
    }

    /// Returns the host name of a distribution, which depends on the names of its stack and resource.
    pub fn distribution_domain(self, resource: &Resource) -> String {
        let letters = identifier(&format!("{} domain {}", self.stack.name, resource.id));
        format!("d{letters}.cloudfront.net")
    }

    /// Returns the resource name of a stream, with the time that AWS would put there replaced by a fixed one.
    fn stream_arn(self, resource: &Resource, place: &Place) -> Result<String, Error> {
        let has_stream = resource.kind == "AWS::DynamoDB::GlobalTable"
            || resource.properties.get("StreamSpecification").is_some();
        if !has_stream {
            let problem = format!("the table {} has no stream", resource.id);
            let advice =
                "add `StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }` to its properties";
            return Err(Error::new(place, problem, advice));
        }
        Ok(format!("{}/stream/2020-01-01T00:00:00.000", self.arn(resource)?))
    }

    /// Returns the resource name (ARN).
    pub fn arn(self, resource: &Resource) -> Result<String, Error> {
        let (around, name) = (self.all.surroundings, self.name(resource)?);
        if name.starts_with("arn:") {
            return Ok(name);
        }
        Ok(match resource.kind.as_str() {
            "AWS::Lambda::Function" => around.arn("lambda", &format!("function:{name}")),
            "AWS::Lambda::LayerVersion" => around.arn("lambda", &format!("layer:{name}:1")),
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => {
                around.arn("dynamodb", &format!("table/{name}"))
            }
            "AWS::S3::Bucket" => format!("arn:{}:s3:::{name}", around.partition),
            "AWS::IAM::Role" => format!("arn:{}:iam::{}:role/{name}", around.partition, around.account),
            "AWS::Logs::LogGroup" => around.arn("logs", &format!("log-group:{name}:*")),
            kind => around.arn(&service(kind), &name),
        })
    }

    /// Returns the resource name of a version or an alias of a function.
    pub fn qualified(self, resource: &Resource) -> Result<String, Error> {
        let function = resource.properties.get("FunctionName");
        let function =
            function.map_or(Ok(String::new()), |node| self.text(node, "the name of a function"))?;
        let name = match resource.kind.as_str() {
            "AWS::Lambda::Alias" => self.name(resource)?,
            _ => "1".to_owned(),
        };
        let name = format!("{function}:{name}");
        if function.starts_with("arn:") {
            return Ok(name);
        }
        Ok(self.all.surroundings.arn("lambda", &format!("function:{name}")))
    }

    /// Returns the value of a reference. If nothing is started for the resource, a note says that the value is invented.
    fn placeholder(self, resource: &Resource, value: String, place: &Place) -> Result<String, Error> {
        if !known::is_done(&resource.kind) && known::irrelevance(&resource.kind).is_none() {
            let path = format!("the reference to {} ({})", resource.path, resource.kind);
            let meaning = format!("nothing is started for this resource, so the value is invented: {value}");
            self.missing(path, &meaning, place);
        }
        Ok(value)
    }
}

fn is_part_of_api(kind: &str) -> bool {
    const PARTS: [&str; 6] =
        ["ApiMapping", "Authorizer", "Deployment", "Integration", "Route", "RouteResponse"];
    kind.strip_prefix("AWS::ApiGatewayV2::").is_some_and(|part| PARTS.contains(&part))
}

/// Returns the service in the resource names of a type: `sns` for `AWS::SNS::Topic`.
fn service(kind: &str) -> String {
    kind.split("::").nth(1).unwrap_or("custom").to_lowercase()
}
