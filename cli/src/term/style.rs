//! The styles of text on a terminal, and the sequences that switch them on and off.

/// The style of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Less bright text, for what is less important than the text around it.
    Dim,
    /// Bold text, for what is most important.
    Bold,
    /// Red text, for errors.
    Red,
    /// Yellow text, for warnings.
    Yellow,
    /// Green text, for messages about a success.
    Green,
}

/// The terminal sequence that ends a style.
pub const PLAIN: &str = "\x1b[0m";
/// All terminal sequences that this program uses for styles.
pub const STYLES: [&str; 6] = [PLAIN, "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"];

impl Look {
    /// Returns the terminal sequence that begins the style.
    pub fn sequence(self) -> &'static str {
        match self {
            Self::Bold => STYLES[1],
            Self::Dim => STYLES[2],
            Self::Red => STYLES[3],
            Self::Green => STYLES[4],
            Self::Yellow => STYLES[5],
        }
    }
}
