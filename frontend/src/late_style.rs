//! Style sheets of parts of the page. They are loaded together with the code of the part, so that the first picture does not wait for
//! them.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// Addresses of the style sheets that were added.
    static ADDED: RefCell<Vec<*const u8>> = const { RefCell::new(Vec::new()) };
}

/// Place after the style sheet of the views, which is added before all others.
const AFTER_VIEWS: u32 = 1;

/// Adds a style sheet to the page, if it is not there yet. It follows the other style sheets, so its rules take precedence over equal
/// ones of theirs.
pub fn adopt(css: &'static str) {
    add(css, false);
}

/// Adds a style sheet to the page like [`adopt`], but directly after that of the views. So equal rules of other parts take precedence.
pub fn adopt_first(css: &'static str) {
    add(css, true);
}

fn add(css: &'static str, is_first: bool) {
    let is_new = ADDED.with_borrow_mut(|added| {
        let is_new = !added.contains(&css.as_ptr());
        added.extend(is_new.then_some(css.as_ptr()));
        is_new
    });
    if is_new {
        // A browser without this interface shows the part without its style: everything in it can still be read and used.
        let _added = try_add(css, is_first);
    }
}

/// The page's policy allows no style sheet in the document, but one that its own code constructs.
fn try_add(css: &str, is_first: bool) -> Result<(), JsValue> {
    let constructor: Function = Reflect::get(&window(), &"CSSStyleSheet".into())?.dyn_into()?;
    let sheet = Reflect::construct(&constructor, &Array::new())?;
    let replace: Function = Reflect::get(&sheet, &"replaceSync".into())?.dyn_into()?;
    replace.call1(&sheet, &css.into())?;
    let (page, name) = (JsValue::from(document()), JsValue::from("adoptedStyleSheets"));
    let sheets = Array::from(&Reflect::get(&page, &name)?);
    let place = if is_first { AFTER_VIEWS } else { sheets.length() };
    sheets.splice(place, 0, &sheet);
    Reflect::set(&page, &name, &sheets)?;
    Ok(())
}
