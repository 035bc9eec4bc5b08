//! Style sheets of parts of the page. They are loaded together with the code of the part, so that the first picture does not wait for
//! them.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};

/// Adds a style sheet to the page. It follows the other style sheets, so its rules take precedence over equal ones of theirs.
pub fn adopt(css: &'static str) {
    // A browser without this interface shows the part without its style: everything in it can still be read and used.
    let _added = try_adopt(css);
}

/// The page's policy allows no style sheet in the document, but one that its own code constructs.
fn try_adopt(css: &str) -> Result<(), JsValue> {
    let constructor: Function = Reflect::get(&window(), &"CSSStyleSheet".into())?.dyn_into()?;
    let sheet = Reflect::construct(&constructor, &Array::new())?;
    let replace: Function = Reflect::get(&sheet, &"replaceSync".into())?.dyn_into()?;
    replace.call1(&sheet, &css.into())?;
    let (page, name) = (JsValue::from(document()), JsValue::from("adoptedStyleSheets"));
    let before = Array::from(&Reflect::get(&page, &name)?);
    before.push(&sheet);
    Reflect::set(&page, &name, &before)?;
    Ok(())
}
