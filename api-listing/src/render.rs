//! Formats parsed Rust syntax as text on one line.

use syn::punctuated::Punctuated;
use syn::{File, Generics, Item, ItemFn, ItemImpl, ItemType, Signature, Token, Type, TypeParamBound};

/// Formats the signature of the function at `path`, such as `pub async fn crate::Type::name(&self) -> u32`.
pub fn function(signature: &Signature, path: &str) -> String {
    let mut item: ItemFn = syn::parse_quote!(
        fn f() {}
    );
    item.sig = signature.clone();
    let text = item_text(Item::Fn(item));
    let text = text.trim_end_matches("{}").trim_end().trim_end_matches(',');
    format!("pub {}", text.replacen(&format!("fn {}", signature.ident), &format!("fn {path}"), 1))
}

/// Formats a type as text on one line.
pub fn ty(ty: &Type) -> String {
    let text = alias(Generics::default(), ty.clone());
    text.strip_prefix("type T = ").unwrap_or(&text).trim_end_matches(';').to_owned()
}

/// Formats generic parameters with their bounds, such as `<F: Functions>`. The text is empty if there are no
/// parameters.
pub fn generics(generics: &Generics) -> String {
    let text = alias(Generics { where_clause: None, ..generics.clone() }, syn::parse_quote!(()));
    text.strip_prefix("type T").and_then(|text| text.split(" = ()").next()).unwrap_or_default().to_owned()
}

/// Formats the generic parameters of an `impl` block with their bounds, such as ` [impl<F: Functions> where B: Body]`.
/// The listing appends this text to each method of the block. It is empty if there are no parameters.
pub fn generics_with_where(generics: &Generics) -> String {
    let (parameters, conditions) = (self::generics(generics), where_clause(generics));
    if parameters.is_empty() { String::new() } else { format!(" [impl{parameters}{conditions}]") }
}

/// Formats the supertraits of a trait or the bounds of a type, such as `: Send + Sync`. The text is empty if there are
/// none.
pub fn bounds(bounds: &Punctuated<TypeParamBound, Token![+]>) -> String {
    if bounds.is_empty() {
        return String::new();
    }
    let text = ty(&Type::ImplTrait(syn::parse_quote!(impl #bounds)));
    format!(": {}", text.trim_start_matches("impl "))
}

/// Formats the trait that an `impl` block implements. Returns `None` for an inherent `impl`, which has no trait.
pub fn implemented_trait(block: &ItemImpl) -> Option<String> {
    let text = item_text(Item::Impl(ItemImpl { attrs: Vec::new(), items: Vec::new(), ..block.clone() }));
    block.trait_.as_ref()?;
    let head = text.split(" for ").next().unwrap_or_default();
    let name = head.strip_prefix("impl").unwrap_or(head);
    let parameters = generics(&block.generics);
    Some(name.strip_prefix(&*parameters).unwrap_or(name).trim().to_owned())
}

/// Formats the generic arguments of a type, such as `<F>` for `Gateway<F>`. The text is empty if there are none.
pub fn arguments(of: &Type) -> String {
    let text = ty(of);
    text.find('<').map(|at| text[at..].to_owned()).unwrap_or_default()
}

fn where_clause(generics: &Generics) -> String {
    let Some(clause) = &generics.where_clause else { return String::new() };
    let mut signature: Signature = syn::parse_quote!(fn f());
    signature.generics.where_clause = Some(clause.clone());
    let text = function(&signature, "f");
    text.split_once(" where ").map(|(_, conditions)| format!(" where {conditions}")).unwrap_or_default()
}

fn alias(generics: Generics, ty: Type) -> String {
    let mut item: ItemType = syn::parse_quote!(
        type T = ();
    );
    item.generics = generics;
    item.ty = Box::new(ty);
    item_text(Item::Type(item))
}

fn item_text(item: Item) -> String {
    let file: File = syn::parse_quote!(#item);
    one_line(&prettyplease::unparse(&file))
}

/// Joins the lines of formatted source code to one line.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    for (broken, joined) in [
        ("( ", "("),
        (", )", ")"),
        (" )", ")"),
        ("< ", "<"),
        (", >", ">"),
        ("-> (", "-> ("),
        ("[ ", "["),
        (" ]", "]"),
    ] {
        line = line.replace(broken, joined);
    }
    line
}
