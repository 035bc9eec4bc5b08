//! Parses YAML and JSON into values with places.

mod json;
mod yaml;

use crate::dialect::Dialect;
use crate::error::Error;
use crate::node::Node;
use crate::place::Place;

/// Size of the largest document that is read, in bytes. CloudFormation accepts 1 MB (AWS CloudFormation User Guide,
/// "Quotas"); a description that SAM or another program still processes may be larger.
const MAX_BYTES: usize = 8 << 20;

/// Parses a document. A file whose name ends in `.json` is JSON, and so is one with another name whose text is valid JSON.
pub(crate) fn parse(file: &str, text: &str, dialect: Dialect) -> Result<Node, Error> {
    if text.len() > MAX_BYTES {
        let problem = format!("the file has {} bytes, and at most {MAX_BYTES} are read", text.len());
        return Err(Error::new(&Place::whole(file), problem, "divide it into several stacks"));
    }
    if !file.ends_with(".json") && !is_json_object(text) {
        return yaml::parse(file, text, dialect);
    }
    let text = json::as_yaml(file, text)?;
    yaml::parse(file, &text, dialect)
}

/// Returns true for valid JSON that begins with `{`. YAML that does so and is no JSON is read as YAML.
fn is_json_object(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('{') && serde_json::from_str::<serde_json::Value>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_whatever_the_name_of_its_file_is() {
        let text = "\u{feff}{\n\t\"Resources\":\t{\"A\": {\"Type\": \"\\ud83d\\ude00\"}}\n}";
        for file in ["chat.json", "chat.template", "chat"] {
            let read = format!("{:?}", parse(file, text, Dialect::Template));
            assert!(read.starts_with("Ok") && read.contains('😀'), "{file}: {read}");
        }
        assert!(
            parse("flow.yaml", "{Resources: {A: {Type: b}}}", Dialect::Template).is_ok(),
            "YAML that is no JSON"
        );
    }
}
