//! Properties of CloudFront.

use crate::known::table::{LABEL, PERMISSION, Table};

const CACHE: &str = "distributions keep no answers here";
const LOG: &str = "requests are not logged";
const PLAIN: &str = "distributions are reached by HTTP here";
const EDGE: &str = "functions at the edge are not invoked";
const CONNECTION: &str = "origins are on this machine";

const BEHAVIOR_DONE: &[&str] =
    &["AllowedMethods", "PathPattern", "ResponseHeadersPolicyId", "TargetOriginId"];
const BEHAVIOR_IRRELEVANT: &[(&str, &str)] = &[
    ("CachePolicyId", CACHE),
    ("CachedMethods", CACHE),
    ("Compress", "nothing is compressed here"),
    ("DefaultTTL", CACHE),
    ("ForwardedValues", "all headers and parameters of requests are passed on to origins"),
    ("GrpcConfig", "WebSockets and HTTP are passed on"),
    ("MaxTTL", CACHE),
    ("MinTTL", CACHE),
    ("OriginRequestPolicyId", "all headers and parameters of requests are passed on to origins"),
    ("RealtimeLogConfigArn", LOG),
    ("SmoothStreaming", "it is about a format of videos"),
    ("ViewerProtocolPolicy", PLAIN),
];
const BEHAVIOR_MISSING: &[(&str, &str)] = &[
    ("FieldLevelEncryptionId", "fields of requests are not encrypted"),
    ("FunctionAssociations", EDGE),
    ("LambdaFunctionAssociations", EDGE),
    ("TrustedKeyGroups", "requests need no signature"),
    ("TrustedSigners", "requests need no signature"),
];

pub(in crate::known) const TABLES: &[Table] = &[
    Table {
        of: "AWS::CloudFront::Distribution",
        done: &["DistributionConfig"],
        irrelevant: &[("Tags", LABEL)],
        missing: &[],
    },
    Table {
        of: "AWS::CloudFront::Distribution.DistributionConfig",
        done: &[
            "Aliases",
            "CacheBehaviors",
            "CustomErrorResponses",
            "DefaultCacheBehavior",
            "DefaultRootObject",
            "OriginGroups",
            "Origins",
        ],
        irrelevant: &[
            ("AnycastIpListId", CONNECTION),
            ("CNAMEs", "`Aliases` took its place"),
            ("Comment", LABEL),
            ("ContinuousDeploymentPolicyId", "this is about deploying"),
            ("Enabled", "a distribution is always switched on here"),
            ("HttpVersion", PLAIN),
            ("IPV6Enabled", CONNECTION),
            ("Logging", LOG),
            ("PriceClass", "nothing is billed here"),
            ("Staging", "this is about deploying"),
            ("ViewerCertificate", PLAIN),
        ],
        missing: &[
            ("CustomOrigin", "its origin is not asked; write `Origins`"),
            ("Restrictions", "readers of all countries get answers"),
            ("S3Origin", "its origin is not asked; write `Origins`"),
            ("WebACLId", "no request is refused by a firewall"),
        ],
    },
    Table {
        of: "AWS::CloudFront::Distribution.DistributionConfig.Origins",
        done: &["CustomOriginConfig", "DomainName", "Id", "OriginPath", "S3OriginConfig"],
        irrelevant: &[
            ("ConnectionAttempts", CONNECTION),
            ("ConnectionTimeout", CONNECTION),
            ("OriginAccessControlId", PERMISSION),
            ("OriginShield", CACHE),
            ("ResponseCompletionTimeout", CONNECTION),
        ],
        missing: &[
            ("OriginCustomHeaders", "these headers are not added to requests"),
            ("VpcOriginConfig", "servers in a VPC are not asked"),
        ],
    },
    Table {
        of: "AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior",
        done: BEHAVIOR_DONE,
        irrelevant: BEHAVIOR_IRRELEVANT,
        missing: BEHAVIOR_MISSING,
    },
    Table {
        of: "AWS::CloudFront::Distribution.DistributionConfig.CacheBehaviors",
        done: BEHAVIOR_DONE,
        irrelevant: BEHAVIOR_IRRELEVANT,
        missing: BEHAVIOR_MISSING,
    },
    Table {
        of: "AWS::CloudFront::Distribution.DistributionConfig.CustomErrorResponses",
        done: &["ErrorCode", "ResponseCode", "ResponsePagePath"],
        irrelevant: &[("ErrorCachingMinTTL", CACHE)],
        missing: &[],
    },
    Table {
        of: "AWS::CloudFront::ResponseHeadersPolicy",
        done: &["ResponseHeadersPolicyConfig"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::CloudFront::ResponseHeadersPolicy.ResponseHeadersPolicyConfig",
        done: &["CustomHeadersConfig", "SecurityHeadersConfig"],
        irrelevant: &[
            ("Comment", LABEL),
            ("Name", LABEL),
            ("ServerTimingHeadersConfig", "metrics are for AWS"),
        ],
        missing: &[
            ("CorsConfig", "headers for pages of other origins are not added"),
            ("RemoveHeadersConfig", "no header of the origin is removed"),
        ],
    },
    Table {
        of: "AWS::CloudFront::ResponseHeadersPolicy.ResponseHeadersPolicyConfig.SecurityHeadersConfig",
        done: &[
            "ContentSecurityPolicy",
            "ContentTypeOptions",
            "FrameOptions",
            "ReferrerPolicy",
            "XSSProtection",
        ],
        irrelevant: &[("StrictTransportSecurity", PLAIN)],
        missing: &[],
    },
];
