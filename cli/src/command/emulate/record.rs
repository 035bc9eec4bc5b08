//! Reads a line that a function printed: a record of Lambda's logs, or any other text.

/// A line of a function's log, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Level, such as `ERROR`, if the line has one.
    pub level: Option<&'a str>,
    /// Text without time, request id and level.
    pub message: &'a str,
}

impl<'a> Record<'a> {
    /// Reads `TIME \t REQUEST \t LEVEL \t MESSAGE`, as Lambda's runtime for Node.js writes it, or `[LEVEL] \t TIME \t REQUEST \t
    /// MESSAGE`, as the one for Python does. Any other line is a message.
    pub fn of(line: &'a str) -> Self {
        let parts: Vec<&str> = line.splitn(4, '\t').collect();
        match parts.as_slice() {
            [time, _, level, message] if is_time(time) => Self { level: Some(level), message },
            [level, time, _, message] if is_time(time) => {
                Self { level: Some(level.trim_matches(['[', ']'])), message }
            }
            _ => Self { level: None, message: line },
        }
    }
}

/// Returns true for a time such as `2026-11-29T14:48:00.573Z`.
fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_lambdas_runtimes_have_a_level() {
        let time = "2026-11-29T14:48:00.573Z";
        let node = format!("{time}\tid-1\tWARN\tslow\tvery");
        assert_eq!(Record::of(&node), Record { level: Some("WARN"), message: "slow\tvery" });
        let python = format!("[ERROR]\t{time}\tid-1\tbroken");
        assert_eq!(Record::of(&python), Record { level: Some("ERROR"), message: "broken" });
        assert_eq!(Record::of("plain\ttext"), Record { level: None, message: "plain\ttext" });
    }
}
