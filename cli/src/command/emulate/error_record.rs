//! Reads the record of an error that a function did not handle, which the runtime clients write.

use std::fmt;

use serde_json::Value;

/// Titles of such records in Node.js. JSON follows.
const TITLES: [&str; 3] = ["Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection"];
/// Title of such records in Python. The type, the message and the trace follow.
const PYTHON: &str = "[ERROR] ";
/// Parts of lines about the runtime clients and about Node.js itself, which tell the reader of an error nothing.
const NOT_OWN: [&str; 3] = ["/clients/node/", "/clients/python/", "node:internal/"];
/// Line before the files that have required a module.
const STACK: &str = "Require stack:";

/// An error that a function did not handle. It is displayed as its type, its message, and its trace in the function's code, in
/// lines that are separated by carriage returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRecord {
    lines: Vec<String>,
}

impl ErrorRecord {
    /// Reads the message of a record. Returns `None` for any other message.
    pub fn of(message: &str) -> Option<Self> {
        let lines = match TITLES.iter().find_map(|title| message.strip_prefix(title)) {
            Some(json) => of_json(&serde_json::from_str(json.trim()).ok()?)?,
            None => {
                let lines: Vec<String> =
                    message.strip_prefix(PYTHON)?.split('\r').map(str::to_owned).collect();
                // Advice is written in the same way, but has no type.
                lines.first()?.split_once(": ").filter(|(kind, _)| !kind.contains(' '))?;
                lines
            }
        };
        let is_own = |line: &&String| !NOT_OWN.iter().any(|part| line.contains(part));
        let mut lines: Vec<String> = lines.iter().filter(is_own).cloned().collect();
        // Its list may consist of the clients' files only.
        let is_empty = |line: &String| line == STACK && !lines.iter().any(|line| line.starts_with("- "));
        if let Some(index) = lines.iter().position(is_empty) {
            lines.remove(index);
        }
        Some(Self { lines })
    }

    /// Returns the first line: the type and the message.
    pub fn head(&self) -> &str {
        self.lines.first().map(String::as_str).unwrap_or_default()
    }
}

impl ErrorRecord {
    /// Returns the lines after the first one, or `None` if there are none.
    pub fn trace(&self) -> Option<String> {
        self.lines.get(1..).filter(|lines| !lines.is_empty()).map(|lines| lines.join("\r"))
    }
}

impl fmt::Display for ErrorRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.lines.join("\r"))
    }
}

fn of_json(error: &Value) -> Option<Vec<String>> {
    let (kind, message) = (error["errorType"].as_str()?, error["errorMessage"].as_str().unwrap_or_default());
    let head = format!("{kind}: {message}");
    let stack = error["stack"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let trace = stack.filter(|line| line.trim_start().starts_with("at "));
    Some(head.lines().chain(trace).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_node_is_its_message_and_the_trace_in_the_functions_code() {
        let json = r#"{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'x'\nRequire stack:\n- /app/index.js\n- /t/clients/node/handler.cjs","stack":["Runtime.ImportModuleError: Error","    at load (/app/index.js:1:1)"]}"#;
        let error = ErrorRecord::of(&format!("Uncaught Exception  {json}")).expect("an error");
        assert_eq!(error.head(), "Runtime.ImportModuleError: Error: Cannot find module 'x'");
        let rest = "Require stack:\r- /app/index.js\r    at load (/app/index.js:1:1)";
        assert_eq!(error.to_string(), format!("{}\r{rest}", error.head()));
    }

    #[test]
    fn a_list_of_the_clients_files_is_left_out() {
        let json = r#"{"errorType":"E","errorMessage":"x\nRequire stack:\n- /t/clients/node/handler.cjs","stack":["E: x","    at node:internal/modules/cjs/loader:1"]}"#;
        let error = ErrorRecord::of(&format!("Uncaught Exception  {json}")).expect("an error");
        assert_eq!((error.to_string().as_str(), error.trace()), ("E: x", None));
    }

    #[test]
    fn an_error_of_python_is_told_from_advice_and_from_other_lines() {
        let error =
            ErrorRecord::of("[ERROR] KeyError: 'a'\rTraceback (most recent call last):").expect("an error");
        assert_eq!(error.head(), "KeyError: 'a'");
        assert_eq!(ErrorRecord::of("[ERROR] boto3 is part of Lambda's runtime: pip install boto3"), None);
        assert_eq!(ErrorRecord::of("Invoke Error without JSON"), None);
        assert_eq!(ErrorRecord::of("hello"), None);
    }
}
