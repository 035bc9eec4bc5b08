//! Parses YAML and JSON into values with places.

mod json;
mod yaml;

use crate::error::Error;
use crate::node::Node;
use crate::place::Place;

/// Size of the largest document that is read, in bytes. CloudFormation accepts 1 MB (AWS CloudFormation User Guide,
/// "Quotas"); a description that SAM or another program still processes may be larger.
const MAX_BYTES: usize = 8 << 20;

/// Parses a document. A file whose name ends in `.json` is JSON, and so is a text that begins with `{`.
pub(crate) fn parse(file: &str, text: &str) -> Result<Node, Error> {
    if text.len() > MAX_BYTES {
        let problem = format!("the file has {} bytes, and at most {MAX_BYTES} are read", text.len());
        return Err(Error::new(&Place::whole(file), problem, "divide it into several stacks"));
    }
    if !file.ends_with(".json") {
        return yaml::parse(file, text);
    }
    let text = json::as_yaml(file, text)?;
    yaml::parse(file, &text)
}
