//! Keys of the keyboard.

/// A press of a key, as the browser reports it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press<'a> {
    /// Name of the key in the browser's events, such as `n` or `ArrowLeft`.
    pub key: &'a str,
    /// True if Shift is held.
    pub has_shift: bool,
    /// True if Ctrl is held, or the command key of a Mac.
    pub has_ctrl: bool,
    /// True if a chart has the focus. Arrows without Shift then move the crosshair, which is not a command.
    pub is_in_chart: bool,
}

/// A key that causes a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key that types a character, with or without Shift, which some keyboards need for it. Letters may be upper case.
    Typed(&'static str),
    /// A key without Shift, such as an arrow. Arrows move the crosshair instead if a chart has the focus.
    Plain(&'static str),
    /// A key with Shift.
    Shift(&'static str),
    /// A key with Ctrl, or with the command key of a Mac.
    Ctrl(&'static str),
}

impl Key {
    /// Returns true if a press is one of this key.
    pub fn is_pressed(self, press: Press<'_>) -> bool {
        let is_same = |name: &str| press.key.eq_ignore_ascii_case(name);
        match self {
            Self::Typed(name) => !press.has_ctrl && is_same(name),
            Self::Plain(name) => {
                let is_crosshair = press.is_in_chart && name.starts_with("Arrow");
                !press.has_ctrl && !press.has_shift && !is_crosshair && is_same(name)
            }
            Self::Shift(name) => !press.has_ctrl && press.has_shift && is_same(name),
            Self::Ctrl(name) => press.has_ctrl && is_same(name),
        }
    }

    /// Returns the key in words, such as `Ctrl K` or `Shift ←`.
    pub fn words(self) -> String {
        match self {
            Self::Typed(name) | Self::Plain(name) => label(name).to_owned(),
            Self::Shift(name) => ["Shift ", label(name)].concat(),
            Self::Ctrl(name) => ["Ctrl ", label(name)].concat(),
        }
    }
}

/// Returns the text that is printed on a key.
fn label(name: &str) -> &str {
    match name {
        "ArrowLeft" => "\u{2190}",
        "ArrowRight" => "\u{2192}",
        "Escape" => "Esc",
        "-" => "\u{2212}",
        "k" => "K",
        other => other,
    }
}
