//! Tables of the keys of a `serverless.yml`.

use crate::app::{Note, NoteKind};
use crate::node::Node;
use crate::serverless::service::Service;

struct Table {
    done: &'static [&'static str],
    irrelevant: &'static [(&'static str, &'static str)],
    missing: &'static [(&'static str, &'static str)],
}

const PERMISSIONS: &str = "permissions are not checked on one machine";
const DEPLOYMENT: &str = "it concerns deployments";
const LABEL: &str = "it describes the resource";
const VERSIONS: &str = "there is one version of each function";
const LOGS: &str = "logs are shown as functions write them";
const NETWORK: &str = "functions run in the network of this machine";
const HTTP: &str = "HTTP APIs are not served";
const IMAGES: &str = "container images are not run, so invocations of such functions fail";
const TRACES: &str = "traces are not recorded";

const SERVICE: Table = Table {
    done: &[
        "build",
        "custom",
        "functions",
        "layers",
        "package",
        "params",
        "plugins",
        "provider",
        "resources",
        "service",
        "stages",
    ],
    irrelevant: &[
        ("app", "it is an account of the framework"),
        ("configValidationMode", "this document is checked by this program"),
        ("console", "it is a service of the framework"),
        ("dashboard", "it is a service of the framework"),
        ("deprecationNotificationMode", "the framework does not run"),
        ("disabledDeprecations", "the framework does not run"),
        ("frameworkVersion", "the framework does not run"),
        ("licenseKey", "the framework does not run"),
        ("org", "it is an account of the framework"),
        ("outputs", "it is a service of the framework"),
        ("tenant", "it is an account of the framework"),
        ("unresolvedVariablesNotificationMode", "a variable without a value is an error"),
        ("variablesResolutionMode", "variables are those of version 3 and 4"),
    ],
    missing: &[("useDotenv", "the file .env is not read; give it with --env .env")],
};
const PROVIDER: Table = Table {
    done: &[
        "architecture",
        "environment",
        "layers",
        "memorySize",
        "name",
        "region",
        "runtime",
        "stackName",
        "stage",
        "timeout",
        "websocketsApiName",
        "websocketsApiRouteSelectionExpression",
    ],
    irrelevant: &[
        ("deploymentBucket", DEPLOYMENT),
        ("deploymentMethod", DEPLOYMENT),
        ("deploymentPrefix", DEPLOYMENT),
        ("disableRollback", DEPLOYMENT),
        ("endpointType", HTTP),
        ("iam", PERMISSIONS),
        ("iamManagedPolicies", PERMISSIONS),
        ("iamRoleStatements", PERMISSIONS),
        ("kmsKeyArn", "nothing is encrypted with keys of an account here"),
        ("lambdaHashingVersion", VERSIONS),
        ("logRetentionInDays", LOGS),
        ("logs", LOGS),
        ("notificationArns", DEPLOYMENT),
        ("profile", "no account is used"),
        ("role", PERMISSIONS),
        ("rolePermissionsBoundary", PERMISSIONS),
        ("runtimeManagement", "the runtime is the one of this machine"),
        ("stackParameters", DEPLOYMENT),
        ("stackPolicy", DEPLOYMENT),
        ("stackTags", LABEL),
        ("tags", LABEL),
        ("tracing", TRACES),
        ("versionFunctions", VERSIONS),
        ("vpc", NETWORK),
        ("websocketsDescription", LABEL),
    ],
    missing: &[
        ("alb", "load balancers are not started"),
        ("apiGateway", HTTP),
        ("apiKeys", HTTP),
        ("apiName", HTTP),
        ("ecr", IMAGES),
        ("eventBridge", "event buses are not started"),
        ("httpApi", HTTP),
        ("s3", "buckets are not started"),
        ("usagePlan", HTTP),
    ],
};
const FUNCTION: Table = Table {
    done: &[
        "architecture",
        "condition",
        "destinations",
        "environment",
        "events",
        "handler",
        "layers",
        "maximumEventAge",
        "maximumRetryAttempts",
        "memorySize",
        "name",
        "package",
        "reservedConcurrency",
        "runtime",
        "timeout",
        "url",
    ],
    irrelevant: &[
        ("awsKmsKeyArn", "nothing is encrypted with keys of an account here"),
        ("dependsOn", DEPLOYMENT),
        ("description", LABEL),
        ("disableLogs", LOGS),
        ("ephemeralStorageSize", "the size of the temporary folder is not limited"),
        ("iamRoleStatements", PERMISSIONS),
        ("iamRoleStatementsInherit", PERMISSIONS),
        ("iamRoleStatementsName", PERMISSIONS),
        ("kmsKeyArn", "nothing is encrypted with keys of an account here"),
        ("logRetentionInDays", LOGS),
        ("logs", LOGS),
        ("maximumConcurrency", "it concerns event sources that are not started"),
        ("provisionedConcurrency", "processes are started when they are needed"),
        ("role", PERMISSIONS),
        ("runtimeManagement", "the runtime is the one of this machine"),
        ("snapStart", "functions start without snapshots"),
        ("tags", LABEL),
        ("tracing", TRACES),
        ("versionFunction", VERSIONS),
        ("vpc", NETWORK),
    ],
    missing: &[
        ("fileSystemConfig", "the file system is not mounted"),
        ("image", IMAGES),
        ("onError", "events of asynchronous invocations that failed are discarded, and not sent there"),
    ],
};

/// Notes the keys of the document and of its provider that are not done.
pub(super) fn note_sections(service: &Service<'_>, notes: &mut Vec<Note>) {
    note(service.document, "", &SERVICE, notes);
    note(&service.provider, "provider.", &PROVIDER, notes);
}

/// Notes the keys of a function that are not done. `path` is `functions.NAME`.
pub(super) fn note_function(function: &Node, path: &str, notes: &mut Vec<Note>) {
    note(function, &format!("{path}."), &FUNCTION, notes);
}

fn note(map: &Node, path: &str, table: &Table, notes: &mut Vec<Note>) {
    for entry in map.entries().iter().filter(|entry| !table.done.contains(&entry.key.as_str())) {
        let of = |list: &[(&str, &'static str)]| {
            list.iter().find(|(key, _)| *key == entry.key).map(|(_, meaning)| *meaning)
        };
        let (kind, meaning) = match (of(table.irrelevant), of(table.missing)) {
            (Some(reason), _) => (NoteKind::Irrelevant, reason),
            (None, Some(meaning)) => (NoteKind::Missing, meaning),
            (None, None) => (NoteKind::Missing, "this key is not known here and changes nothing"),
        };
        let (path, place) = (format!("{path}{}", entry.key), entry.place.clone());
        notes.push(Note { kind, path, meaning: meaning.to_owned(), place });
    }
}
