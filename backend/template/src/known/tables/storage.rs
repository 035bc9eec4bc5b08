//! Properties of DynamoDB and SQS.

use crate::known::table::{ENCRYPTION, LABEL, PERMISSION, Table};

const CAPACITY: &str = "capacity is not limited here";
const BACKUP: &str = "tables here have no backups";

const TABLE_DONE: &[&str] = &[
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "StreamSpecification",
    "TableName",
    "TimeToLiveSpecification",
];

pub(in crate::known) const TABLES: &[Table] = &[
    Table {
        of: "AWS::DynamoDB::Table",
        done: TABLE_DONE,
        irrelevant: &[
            ("BillingMode", CAPACITY),
            ("ContributorInsightsSpecification", "metrics are for AWS"),
            ("DeletionProtectionEnabled", "this is about deleting the stack"),
            ("OnDemandThroughput", CAPACITY),
            ("PointInTimeRecoverySpecification", BACKUP),
            ("ProvisionedThroughput", CAPACITY),
            ("ResourcePolicy", PERMISSION),
            ("SSESpecification", ENCRYPTION),
            ("TableClass", "nothing is billed here"),
            ("Tags", LABEL),
            ("WarmThroughput", CAPACITY),
        ],
        missing: &[
            ("ImportSourceSpecification", "nothing is imported from S3, and the table begins empty"),
            ("KinesisStreamSpecification", "changes are not written to Kinesis"),
        ],
    },
    Table {
        of: "AWS::DynamoDB::GlobalTable",
        done: TABLE_DONE,
        irrelevant: &[
            ("BillingMode", CAPACITY),
            ("GlobalTableSettingsReplicationMode", "there is one copy of the table"),
            ("GlobalTableSourceArn", "there is one copy of the table"),
            ("GlobalTableWitnesses", "there is one copy of the table"),
            ("MultiRegionConsistency", "there is one copy of the table"),
            ("ReadOnDemandThroughputSettings", CAPACITY),
            ("ReadProvisionedThroughputSettings", CAPACITY),
            ("Replicas", "there is one copy of the table, in one region"),
            ("SSESpecification", ENCRYPTION),
            ("WarmThroughput", CAPACITY),
            ("WriteOnDemandThroughputSettings", CAPACITY),
            ("WriteProvisionedThroughputSettings", CAPACITY),
        ],
        missing: &[],
    },
    Table {
        of: "AWS::SQS::Queue",
        done: &[
            "ContentBasedDeduplication",
            "DelaySeconds",
            "FifoQueue",
            "MessageRetentionPeriod",
            "QueueName",
            "ReceiveMessageWaitTimeSeconds",
            "RedrivePolicy",
            "VisibilityTimeout",
        ],
        irrelevant: &[
            ("KmsDataKeyReusePeriodSeconds", ENCRYPTION),
            ("KmsMasterKeyId", ENCRYPTION),
            ("RedriveAllowPolicy", PERMISSION),
            ("SqsManagedSseEnabled", ENCRYPTION),
            ("Tags", LABEL),
        ],
        missing: &[
            ("DeduplicationScope", "messages of a FIFO queue are compared with all messages of the queue"),
            ("FifoThroughputLimit", CAPACITY),
            ("MaximumMessageSize", "the size of messages is limited to that of SQS only"),
        ],
    },
    Table {
        of: "AWS::DynamoDB::Table.AttributeDefinitions",
        done: &["AttributeName", "AttributeType"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::DynamoDB::Table.KeySchema",
        done: &["AttributeName", "KeyType"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::DynamoDB::Table.GlobalSecondaryIndexes",
        done: &["IndexName", "KeySchema", "Projection"],
        irrelevant: &[
            ("ContributorInsightsSpecification", "metrics are for AWS"),
            ("OnDemandThroughput", CAPACITY),
            ("ProvisionedThroughput", CAPACITY),
            ("ReadOnDemandThroughputSettings", CAPACITY),
            ("ReadProvisionedThroughputSettings", CAPACITY),
            ("WarmThroughput", CAPACITY),
            ("WriteOnDemandThroughputSettings", CAPACITY),
            ("WriteProvisionedThroughputSettings", CAPACITY),
        ],
        missing: &[],
    },
    Table {
        of: "AWS::DynamoDB::Table.LocalSecondaryIndexes",
        done: &["IndexName", "KeySchema", "Projection"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::DynamoDB::Table.StreamSpecification",
        done: &["StreamViewType"],
        irrelevant: &[("ResourcePolicy", PERMISSION)],
        missing: &[],
    },
    Table {
        of: "AWS::DynamoDB::Table.TimeToLiveSpecification",
        done: &["AttributeName", "Enabled"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::SQS::Queue.RedrivePolicy",
        done: &["deadLetterTargetArn", "maxReceiveCount"],
        irrelevant: &[],
        missing: &[],
    },
];
