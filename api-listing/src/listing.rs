//! Collects the lines of a crate's listing. It visits all public modules and re-exports, beginning at the crate's root.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, TraitItem, Visibility};

use crate::render;
use crate::tree::{ModuleId, Target, Tree, attributes, name_of};

/// Identifies an item by the module that defines it and by its name there.
type Definition = (ModuleId, String);

/// Returns the lines of a crate's listing, one for each public item, sorted and without duplicates.
pub fn lines(tree: &Tree) -> BTreeSet<String> {
    let mut listing = Listing { tree, paths: BTreeMap::new(), lines: BTreeSet::new() };
    listing.walk();
    listing.implementations();
    listing.lines
}

struct Listing<'a> {
    tree: &'a Tree,
    /// The first public path that was found for each item. Further paths of the item are listed as re-exports of this
    /// one.
    paths: BTreeMap<Definition, String>,
    lines: BTreeSet<String>,
}

impl Listing<'_> {
    /// Adds the items of the crate's root and of all its public modules to the listing. Modules that are nearer to the
    /// root are visited first.
    fn walk(&mut self) {
        let mut open = VecDeque::from([(0, "crate".to_owned())]);
        let mut visited = BTreeSet::new();
        while let Some((module, path)) = open.pop_front() {
            if visited.insert((module, path.clone())) {
                open.extend(self.module(module, &path));
            }
        }
    }

    /// Adds the public items of one module to the listing. Returns the public modules that are declared or re-exported
    /// in it, each with its path.
    fn module(&mut self, module: ModuleId, path: &str) -> Vec<(ModuleId, String)> {
        let tree = self.tree;
        let mut public = Vec::new();
        for item in tree.items(module) {
            let Some(name) = name_of(item) else { continue };
            if !is_public(item) {
                continue;
            }
            match tree.child(module, &name).filter(|_| matches!(item, Item::Mod(_))) {
                Some(child) => public.push((child, format!("{path}::{name}"))),
                None => self.items(module, &name, &format!("{path}::{name}")),
            }
        }
        for import in tree.uses(module).iter().filter(|import| import.is_public) {
            let at = format!("{path}::{}", import.name);
            match (tree.resolve(module, &import.path), import.name.as_str()) {
                (Some((Target::Module(target), _)), "*") => public.push((target, path.to_owned())),
                (Some((Target::Module(target), _)), _) => public.push((target, at)),
                (Some((Target::Item(target), name)), _) => self.items(target, &name, &at),
                (None, _) => self.add(format!("pub use {} as {at}", import.path.join("::"))),
            }
        }
        public.iter().filter(|(_, module)| module != path).for_each(|(_, path)| {
            self.lines.insert(format!("pub mod {path}"));
        });
        public
    }

    /// Adds every public item called `name` of a module to the listing, at `path`. There can be several, because a type
    /// and a function may share a name.
    fn items(&mut self, module: ModuleId, name: &str, path: &str) {
        let definition = (module, name.to_owned());
        if let Some(first) = self.paths.get(&definition)
            && first != path
        {
            return self.add(format!("pub use {first} as {path}"));
        }
        self.paths.insert(definition, path.to_owned());
        let tree = self.tree;
        let named = tree.items(module).iter().filter(|item| name_of(item).as_deref() == Some(name));
        named.for_each(|item| self.item(item, path));
    }

    fn item(&mut self, item: &Item, path: &str) {
        match item {
            Item::Const(item) => self.add(format!("pub const {path}: {}", render::ty(&item.ty))),
            Item::Static(item) => self.add(format!("pub static {path}: {}", render::ty(&item.ty))),
            Item::Fn(item) => self.add(render::function(&item.sig, path)),
            Item::Macro(_) => self.add(format!("macro {path}!")),
            Item::Type(item) => {
                self.add(format!(
                    "pub type {path}{} = {}",
                    render::generics(&item.generics),
                    render::ty(&item.ty)
                ));
            }
            Item::Struct(item) => {
                self.add(format!(
                    "{}pub struct {path}{}",
                    marks(&item.attrs),
                    render::generics(&item.generics)
                ));
                self.derived(&item.attrs, path);
                self.fields(&item.fields, path, true);
            }
            Item::Enum(item) => {
                self.add(format!(
                    "{}pub enum {path}{}",
                    marks(&item.attrs),
                    render::generics(&item.generics)
                ));
                self.derived(&item.attrs, path);
                for variant in &item.variants {
                    let path = format!("{path}::{}", variant.ident);
                    self.add(format!("{}{path}", marks(&variant.attrs)));
                    self.fields(&variant.fields, &path, false);
                }
            }
            Item::Trait(item) => {
                let bounds = render::bounds(&item.supertraits);
                self.add(format!("pub trait {path}{}{bounds}", render::generics(&item.generics)));
                item.items.iter().for_each(|item| self.trait_item(item, path));
            }
            _ => {}
        }
    }

    fn trait_item(&mut self, item: &TraitItem, path: &str) {
        match item {
            TraitItem::Fn(item) => {
                let provided = if item.default.is_some() { " (provided)" } else { "" };
                let path = format!("{path}::{}", item.sig.ident);
                self.add(format!("{}{provided}", render::function(&item.sig, &path)));
            }
            TraitItem::Const(item) => {
                self.add(format!("pub const {path}::{}: {}", item.ident, render::ty(&item.ty)));
            }
            TraitItem::Type(item) => {
                self.add(format!("pub type {path}::{}{}", item.ident, render::bounds(&item.bounds)));
            }
            _ => {}
        }
    }

    /// Adds fields to the listing. With `needs_pub`, as for a struct, only public fields are added. Without it, as for
    /// an enum variant, all fields are added.
    fn fields(&mut self, fields: &Fields, path: &str, needs_pub: bool) {
        for (at, field) in fields.iter().enumerate() {
            if needs_pub && !matches!(field.vis, Visibility::Public(_)) {
                continue;
            }
            let name = field.ident.as_ref().map_or_else(|| at.to_string(), ToString::to_string);
            self.add(format!("{path}::{name}: {}", render::ty(&field.ty)));
        }
    }

    fn derived(&mut self, attributes: &[Attribute], path: &str) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            // An error is ignored, because a derive list always consists of paths.
            let _ = attribute.parse_nested_meta(|derived| {
                let name = derived.path.segments.last().map(|segment| segment.ident.to_string());
                self.add(format!("impl {} for {path}", name.unwrap_or_default()));
                Ok(())
            });
        }
    }

    /// Adds the `impl` blocks of all public types to the listing. A block may be in any module of the crate.
    fn implementations(&mut self) {
        let tree = self.tree;
        for module in tree.ids() {
            for item in tree.items(module) {
                if let Item::Impl(block) = item {
                    self.implementation(module, block);
                }
            }
        }
    }

    fn implementation(&mut self, module: ModuleId, block: &ItemImpl) {
        let Some(path) = self.public_path(module, &block.self_ty) else { return };
        if let Some(target) = render::implemented_trait(block) {
            let arguments = render::arguments(&block.self_ty);
            return self
                .add(format!("impl{} {target} for {path}{arguments}", render::generics(&block.generics)));
        }
        let bounds = render::generics_with_where(&block.generics);
        for item in &block.items {
            match item {
                ImplItem::Fn(item) if matches!(item.vis, Visibility::Public(_)) => {
                    let path = format!("{path}::{}", item.sig.ident);
                    self.add(format!("{}{bounds}", render::function(&item.sig, &path)));
                }
                ImplItem::Const(item) if matches!(item.vis, Visibility::Public(_)) => {
                    self.add(format!("pub const {path}::{}: {}", item.ident, render::ty(&item.ty)));
                }
                _ => {}
            }
        }
    }

    /// Returns the public path of a type, as far as this crate defines the type and makes it public. Otherwise returns
    /// `None`.
    fn public_path(&self, module: ModuleId, ty: &syn::Type) -> Option<String> {
        let syn::Type::Path(ty) = ty else { return None };
        let path: Vec<String> = ty.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match self.tree.resolve(module, &path)? {
            (Target::Item(module), name) => self.paths.get(&(module, name)).cloned(),
            (Target::Module(_), _) => None,
        }
    }

    fn add(&mut self, line: String) {
        self.lines.insert(line);
    }
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Macro(_) => {
            return attributes(item).iter().any(|attribute| attribute.path().is_ident("macro_export"));
        }
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}

/// Returns the text `#[non_exhaustive] ` if an item has this attribute, otherwise an empty text. The listing contains
/// the attribute, because it changes the use of the item by other crates.
fn marks(attributes: &[Attribute]) -> &'static str {
    let is_marked = attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
    if is_marked { "#[non_exhaustive] " } else { "" }
}
