//! Plugins. They are programs, so none of them runs here.

use crate::app::{Note, NoteKind};
use crate::error::Error;
use crate::node::Node;

const LOCAL: &str = "it imitates AWS on this machine, which this program does itself";
const PACKAGING: &str = "it decides what is uploaded, and code is used here where it lies";
const DEPLOYMENT: &str = "it concerns deployments";

/// Plugins without which the app behaves the same here, with the reason.
const IRRELEVANT: [(&str, &str); 17] = [
    ("serverless-domain-manager", "names are not registered"),
    ("serverless-dynamodb", LOCAL),
    ("serverless-dynamodb-local", LOCAL),
    ("serverless-iam-roles-per-function", "permissions are not checked on one machine"),
    ("serverless-jetpack", PACKAGING),
    ("serverless-offline", LOCAL),
    ("serverless-offline-dynamodb-streams", LOCAL),
    ("serverless-offline-sqs", LOCAL),
    ("serverless-offline-ssm", LOCAL),
    ("serverless-plugin-aws-alerts", "alarms are for AWS"),
    ("serverless-plugin-include-dependencies", PACKAGING),
    ("serverless-plugin-log-retention", "logs are shown as functions write them"),
    ("serverless-plugin-split-stacks", DEPLOYMENT),
    ("serverless-plugin-tracing", "traces are not recorded"),
    ("serverless-prune-plugin", DEPLOYMENT),
    ("serverless-deployment-bucket", DEPLOYMENT),
    ("serverless-localstack", LOCAL),
];
/// Plugins that build code, so that the code of the folder cannot run.
const BUNDLERS: [&str; 13] = [
    "serverless-auto-swc",
    "serverless-bundle",
    "serverless-esbuild",
    "serverless-go-plugin",
    "serverless-haskell",
    "serverless-optimizer-plugin",
    "serverless-parcel",
    "serverless-plugin-optimize",
    "serverless-plugin-parcel",
    "serverless-plugin-typescript",
    "serverless-rust",
    "serverless-vite",
    "serverless-webpack",
];

/// Refuses plugins that build code, and notes all others.
pub(super) fn check(document: &Node, notes: &mut Vec<Note>) -> Result<(), Error> {
    for plugin in plugins(document) {
        let name = plugin.as_text().unwrap_or_default();
        if BUNDLERS.contains(&name) {
            return Err(bundled(&format!("the plugin {name} builds the code"), plugin));
        }
        let known = IRRELEVANT.iter().find(|(known, _)| *known == name);
        let (kind, meaning) = match known {
            Some((_, reason)) => (NoteKind::Irrelevant, *reason),
            None => (NoteKind::Missing, meaning(name)),
        };
        let (path, place) = (format!("plugins.{name}"), plugin.place.clone());
        notes.push(Note { kind, path, meaning: meaning.to_owned(), place });
    }
    // Version 4 of the framework has a bundler of its own.
    match document.get("build").filter(|build| build.as_text() != Some("false")) {
        Some(build) => Err(bundled("`build` builds the code", build)),
        None => Ok(()),
    }
}

/// Returns the plugins, which are a list or the list `modules` of a map.
fn plugins(document: &Node) -> &[Node] {
    let section = document.get("plugins");
    let list = section.and_then(|plugins| plugins.get("modules")).or(section);
    list.map(Node::one_or_many).unwrap_or_default()
}

fn meaning(plugin: &str) -> &'static str {
    match plugin {
        "serverless-python-requirements" => {
            "packages are not installed; run `pip install -r requirements.txt -t .` in the folder of the handlers"
        }
        "serverless-dotenv-plugin" => "the file .env is not read; give it with --env .env",
        _ => "plugins are not run, so what this one adds to the app is absent",
    }
}

fn bundled(problem: &str, node: &Node) -> Error {
    let advice = "run `npx serverless package`, and give the folder .serverless that this writes";
    Error::new(&node.place, problem, advice)
}
