//! The booleans of the YAML of templates and of the Serverless Framework.

/// The program that reads a document on its way to AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// CloudFormation and SAM, which read YAML 1.1. They take its single letters, such as the `N` of DynamoDB, for texts.
    Template,
    /// The Serverless Framework, which reads YAML with js-yaml.
    Serverless,
}

impl Dialect {
    /// Returns `true` or `false` for a word that is a boolean if it has no quotation marks. Every other writing of a boolean becomes
    /// one of these two.
    pub fn boolean(self, word: &str) -> Option<&'static str> {
        match word {
            "true" | "True" | "TRUE" => Some("true"),
            "false" | "False" | "FALSE" => Some("false"),
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" if self == Self::Template => Some("true"),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" if self == Self::Template => Some("false"),
            _ => None,
        }
    }
}

/// Returns true if `name` stands for `key`. Keys stay as they are written, but a value that names one, such as a condition called
/// `Yes`, has become a boolean.
pub(crate) fn names(name: &str, key: &str) -> bool {
    name == key || (matches!(name, "true" | "false") && Dialect::Template.boolean(key) == Some(name))
}
