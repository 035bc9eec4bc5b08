//! The account in which the app pretends to be deployed.

/// The account, the region and the addresses that the app's references have, such as `!Ref AWS::Region` and the address
/// of a queue.
///
/// In the patterns of addresses, `{region}`, `{suffix}` and `{account}` are replaced, and the name that the field
/// mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Account number, twelve digits.
    pub account: String,
    /// Region, such as `eu-west-1`.
    pub region: String,
    /// Partition of resource names (`AWS::Partition`).
    pub partition: String,
    /// Domain of AWS (`AWS::URLSuffix`).
    pub url_suffix: String,
    /// Name of the stack, if there is only one. Stacks of CDK have names of their own, and so have services of
    /// serverless.yml.
    pub stack_name: String,
    /// Address of an API without its stage (`!GetAtt Api.ApiEndpoint`). `{api}` is its identifier.
    pub api_endpoint: String,
    /// Address of a queue. `{queue}` is its name.
    pub queue_url: String,
    /// Address of a function. `{function}` stands for letters and digits that belong to this function.
    pub function_url: String,
}

/// Account 123456789012 in us-east-1, with the addresses of AWS.
impl Default for Surroundings {
    fn default() -> Self {
        Self {
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            partition: "aws".to_owned(),
            url_suffix: "amazonaws.com".to_owned(),
            stack_name: "app".to_owned(),
            api_endpoint: "wss://{api}.execute-api.{region}.{suffix}".to_owned(),
            queue_url: "https://sqs.{region}.{suffix}/{account}/{queue}".to_owned(),
            function_url: "https://{function}.lambda-url.{region}.on.aws/".to_owned(),
        }
    }
}

impl Surroundings {
    pub(crate) fn fill(&self, pattern: &str, name: &str, value: &str) -> String {
        let filled = pattern.replace("{region}", &self.region).replace("{suffix}", &self.url_suffix);
        filled.replace("{account}", &self.account).replace(name, value)
    }

    /// Returns a resource name of this account and region, such as `arn:aws:sqs:us-east-1:123456789012:jobs`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }
}

/// Returns ten letters and digits that depend on `text` alone, as an identifier of API Gateway looks. It is the FNV-1a
/// hash, in base 36.
pub(crate) fn identifier(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let digit = |_| {
        let digit = (hash % 36) as u32;
        hash /= 36;
        char::from_digit(digit, 36).unwrap_or('0')
    };
    (0..10).map(digit).collect()
}
