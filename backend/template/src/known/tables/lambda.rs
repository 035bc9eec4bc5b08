//! Properties of Lambda.

use crate::known::table::{ENCRYPTION, LABEL, PERMISSION, Table};

const LOGS: &str = "logs are shown as functions write them";
const KAFKA: &str = "this kind of event source is not read";

pub(in crate::known) const TABLES: &[Table] = &[
    Table {
        of: "AWS::Lambda::Function",
        done: &[
            "Architectures",
            "Code",
            "Environment",
            "FunctionName",
            "Handler",
            "Layers",
            "MemorySize",
            "PackageType",
            "ReservedConcurrentExecutions",
            "Runtime",
            "Timeout",
        ],
        irrelevant: &[
            ("CodeSigningConfigArn", "signatures of code are not checked"),
            ("Description", LABEL),
            ("EphemeralStorage", "the size of the temporary folder is not limited"),
            ("KmsKeyArn", ENCRYPTION),
            ("LoggingConfig", LOGS),
            ("RecursiveLoop", "functions that invoke each other in a circle are not stopped"),
            ("Role", PERMISSION),
            ("RuntimeManagementConfig", "the runtime is the one of this machine"),
            ("SnapStart", "functions start without snapshots"),
            ("Tags", LABEL),
            ("TracingConfig", "traces are not recorded"),
            ("VpcConfig", "functions run in the network of this machine"),
        ],
        missing: &[
            ("CapacityProviderConfig", "the function runs like any other"),
            (
                "DeadLetterConfig",
                "events of asynchronous invocations that failed are discarded, and not sent there",
            ),
            ("DurableConfig", "executions are not kept and resumed"),
            ("FileSystemConfigs", "the file system is not mounted"),
            ("ImageConfig", "container images are not run"),
            ("TenancyConfig", "tenants are not isolated from each other"),
        ],
    },
    Table { of: "AWS::Lambda::Function.Environment", done: &["Variables"], irrelevant: &[], missing: &[] },
    Table {
        of: "AWS::Lambda::Function.Code",
        done: &["ImageUri", "Path", "S3Bucket", "S3Key", "ZipFile"],
        irrelevant: &[
            ("S3ObjectVersion", "the code of the project is used"),
            ("SourceKMSKeyArn", ENCRYPTION),
        ],
        missing: &[],
    },
    Table {
        of: "AWS::Lambda::LayerVersion",
        done: &["Content", "LayerName"],
        irrelevant: &[
            ("CompatibleArchitectures", LABEL),
            ("CompatibleRuntimes", LABEL),
            ("Description", LABEL),
            ("LicenseInfo", LABEL),
        ],
        missing: &[],
    },
    Table {
        of: "AWS::Lambda::EventSourceMapping",
        done: &[
            "BatchSize",
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "Enabled",
            "EventSourceArn",
            "FilterCriteria",
            "FunctionName",
            "FunctionResponseTypes",
            "MaximumBatchingWindowInSeconds",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "ParallelizationFactor",
            "ScalingConfig",
            "StartingPosition",
        ],
        irrelevant: &[("KmsKeyArn", ENCRYPTION), ("MetricsConfig", "metrics are for AWS"), ("Tags", LABEL)],
        missing: &[
            ("AmazonManagedKafkaEventSourceConfig", KAFKA),
            ("DocumentDBEventSourceConfig", KAFKA),
            ("ProvisionedPollerConfig", "the number of pollers is not changed"),
            ("Queues", KAFKA),
            ("SelfManagedEventSource", KAFKA),
            ("SelfManagedKafkaEventSourceConfig", KAFKA),
            ("SourceAccessConfigurations", KAFKA),
            (
                "StartingPositionTimestamp",
                "the position is not found by time; reading begins at the oldest record",
            ),
            ("Topics", KAFKA),
            ("TumblingWindowInSeconds", "no state is passed from one invocation to the next"),
        ],
    },
    Table {
        of: "AWS::Lambda::Url",
        done: &["AuthType", "Cors", "InvokeMode", "TargetFunctionArn"],
        irrelevant: &[("Qualifier", "there is one version of each function")],
        missing: &[],
    },
    Table {
        of: "AWS::Lambda::Url.Cors",
        done: &[
            "AllowCredentials",
            "AllowHeaders",
            "AllowMethods",
            "AllowOrigins",
            "ExposeHeaders",
            "MaxAge",
        ],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::Lambda::EventInvokeConfig",
        done: &["DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"],
        irrelevant: &[("Qualifier", "there is one version of each function")],
        missing: &[],
    },
];
