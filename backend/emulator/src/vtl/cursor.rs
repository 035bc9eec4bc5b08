//! A place in the text of a template.

use super::error::TemplateError;

/// Maximum number of parts that contain each other.
const DEPTH: usize = 64;

/// The text of a template that is not read yet.
pub struct Cursor<'a> {
    pub rest: &'a str,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(rest: &'a str) -> Self {
        Self { rest, depth: 0 }
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Reads a text if it comes next.
    pub fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Reads a text that has to come next.
    pub fn expect(&mut self, text: &str) -> Result<(), TemplateError> {
        if self.take(text) {
            return Ok(());
        }
        let found: String = self.rest.chars().take(20).collect();
        Err(TemplateError::new(format!("`{text}` is missing before `{found}`")))
    }

    /// Reads characters as long as they are of a kind.
    pub fn while_of(&mut self, is_of: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_of(c)).unwrap_or(self.rest.len());
        let (read, rest) = self.rest.split_at(end);
        self.rest = rest;
        read
    }

    pub fn space(&mut self) {
        self.while_of(char::is_whitespace);
    }

    /// Reads the name of a variable, a property or a method.
    pub fn name(&mut self) -> Option<&'a str> {
        self.peek().filter(|c| c.is_ascii_alphabetic() || *c == '_')?;
        Some(self.while_of(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'))
    }

    /// Returns the text between an earlier place and this one.
    pub fn since(&self, earlier: &'a str) -> &'a str {
        &earlier[..earlier.len() - self.rest.len()]
    }

    /// Reads a part that may contain others of its kind.
    ///
    /// # Errors
    ///
    /// Those of `read`, and if too many parts contain each other.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        if self.depth >= DEPTH {
            return Err(TemplateError::new(format!("more than {DEPTH} parts contain each other")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}
