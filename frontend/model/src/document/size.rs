//! The size that a board document asks for. Depends on [`crate::placement`].

use shared::board::Panel;

use crate::placement::{Height, Size};

/// Returns the size of a panel. `usual` is the size that suits its kind, of which the document may change the width and the
/// height. Words that this program does not know change nothing.
pub fn size(panel: &Panel, usual: Size) -> Size {
    let height = match panel.height.as_deref() {
        Some("half") => Height::Half,
        Some("whole") => Height::Whole,
        Some("double") => Height::Double,
        Some(_) | None => usual.height,
    };
    match panel.columns {
        // A panel with a width of its own takes no part in the distribution of columns that are left over, as far as possible.
        Some(columns) => {
            Size { least: usual.least.min(columns), wish: columns, most: columns, height, weight: 1.0 }
        }
        None => Size { height, ..usual },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_document_changes_the_width_and_the_height_that_it_names() {
        let usual = Size::of(Kind::Line);
        let asked = |columns, height: &str| {
            size(&Panel { columns, height: Some(height.into()), ..Panel::default() }, usual)
        };
        assert_eq!(size(&Panel::default(), usual), usual);
        assert_eq!(asked(None, "double"), usual.double());
        assert_eq!(asked(None, "triple"), usual);
        let narrow = asked(Some(2), "half");
        assert_eq!((narrow.least, narrow.wish, narrow.most, narrow.height), (2, 2, 2, Height::Half));
        assert_eq!(asked(Some(12), "whole").wish, 12);
    }
}
