//! The AWS service that a request is meant for.

use std::net::SocketAddr;

/// An AWS service, as the desk distinguishes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// `execute-api`: an API of the app.
    Api,
    /// A function URL.
    FunctionUrl,
    /// Lambda, of which Invoke is answered.
    Lambda,
    /// DynamoDB and its streams.
    DynamoDb,
    /// SQS.
    Sqs,
    /// Any other service, by the first part of its host name.
    Other(String),
}

/// Addresses that connections to AWS are passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// The desk's HTTP server.
    pub http: SocketAddr,
    /// DynamoDB Local, if it runs.
    pub dynamodb: Option<SocketAddr>,
    /// The emulator of queues, if it runs.
    pub sqs: Option<SocketAddr>,
}

impl Service {
    /// Returns the service of a host name, such as `dynamodb.eu-west-1.amazonaws.com` or
    /// `123456789012.ddb.eu-west-1.amazonaws.com`.
    pub fn of_host(host: &str) -> Self {
        let host = host.to_ascii_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        let service = match labels.as_slice() {
            [_, "execute-api", ..] => "execute-api",
            [_, "lambda-url", ..] => "lambda-url",
            [_, "ddb", ..] => "dynamodb",
            ["streams", "dynamodb", ..] => "dynamodb",
            // Buckets come before the service: `photos.s3.eu-west-1.amazonaws.com`.
            [_, name @ ("s3" | "sqs" | "lambda" | "dynamodb"), ..] => name,
            [first, ..] => first,
            [] => "",
        };
        Self::named(service)
    }

    /// Returns the service in the header `Authorization` of a signed request: `…Credential=ID/DATE/REGION/SERVICE/…`.
    pub fn of_signature(authorization: &str) -> Option<Self> {
        let (_, credential) = authorization.split_once("Credential=")?;
        let scope = credential.split([',', ' ']).next()?;
        scope.split('/').nth(3).map(Self::named)
    }

    fn named(name: &str) -> Self {
        match name.strip_suffix("-fips").unwrap_or(name) {
            "execute-api" => Self::Api,
            "lambda-url" => Self::FunctionUrl,
            "lambda" => Self::Lambda,
            "dynamodb" | "streams" => Self::DynamoDb,
            "sqs" => Self::Sqs,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Targets {
    /// Returns the address for requests to a service.
    pub fn of(&self, service: Service) -> SocketAddr {
        let target = match service {
            Service::DynamoDb => self.dynamodb,
            Service::Sqs => self.sqs,
            Service::Api | Service::FunctionUrl | Service::Lambda | Service::Other(_) => None,
        };
        target.unwrap_or(self.http)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_names_its_service() {
        for (host, service) in [
            ("abcdef1234.execute-api.eu-west-1.amazonaws.com", Service::Api),
            ("dynamodb.eu-west-1.amazonaws.com", Service::DynamoDb),
            ("123456789012.ddb.eu-west-1.amazonaws.com", Service::DynamoDb),
            ("streams.dynamodb.eu-west-1.amazonaws.com", Service::DynamoDb),
            ("dynamodb-fips.us-east-1.amazonaws.com", Service::DynamoDb),
            ("sqs.us-east-1.amazonaws.com", Service::Sqs),
            ("lambda.us-east-1.amazonaws.com", Service::Lambda),
            ("abc.lambda-url.eu-west-1.on.aws", Service::FunctionUrl),
            ("STS.amazonaws.com", Service::Other("sts".into())),
            ("photos.s3.eu-west-1.amazonaws.com", Service::Other("s3".into())),
        ] {
            assert_eq!(Service::of_host(host), service, "{host}");
        }
    }

    #[test]
    fn a_signature_names_its_service() {
        let header = "AWS4-HMAC-SHA256 Credential=local/20261128/eu-west-1/execute-api/aws4_request, SignedHeaders=host";
        assert_eq!(Service::of_signature(header), Some(Service::Api));
        assert_eq!(Service::of_signature("Bearer x"), None);
    }
}
