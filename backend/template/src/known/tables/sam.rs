//! Properties that only SAM has.

use crate::known::table::{LABEL, PERMISSION, Table};

pub(in crate::known) const TABLES: &[Table] = &[
    Table {
        of: "AWS::Serverless::Function",
        done: &[
            "AutoPublishAlias",
            "CodeUri",
            "EventInvokeConfig",
            "Events",
            "FunctionUrlConfig",
            "ImageUri",
            "InlineCode",
        ],
        irrelevant: &[
            ("AssumeRolePolicyDocument", PERMISSION),
            ("AutoPublishAliasAllProperties", "there is one version of each function"),
            ("AutoPublishCodeSha256", "there is one version of each function"),
            ("DeploymentPreference", "every change is deployed here at once"),
            ("PermissionsBoundary", PERMISSION),
            ("Policies", PERMISSION),
            ("PropagateTags", LABEL),
            ("ProvisionedConcurrencyConfig", "processes are started when they are needed"),
            ("PublishToLatestPublished", "there is one version of each function"),
            ("RolePath", PERMISSION),
            ("Tracing", "traces are not recorded"),
            ("VersionDeletionPolicy", "there is one version of each function"),
            ("VersionDescription", LABEL),
        ],
        missing: &[(
            "DeadLetterQueue",
            "events of asynchronous invocations that failed are discarded, and not sent there",
        )],
    },
    Table {
        of: "AWS::Serverless::WebSocketApi",
        done: &["Auth", "Domain", "Routes", "StageName"],
        irrelevant: &[("PropagateTags", LABEL)],
        missing: &[],
    },
    Table { of: "AWS::Serverless::SimpleTable", done: &["PrimaryKey"], irrelevant: &[], missing: &[] },
    Table {
        of: "AWS::Serverless::LayerVersion",
        done: &["ContentUri"],
        irrelevant: &[
            ("PublishLambdaVersion", LABEL),
            ("RetentionPolicy", "this is about deleting the stack"),
        ],
        missing: &[],
    },
];
