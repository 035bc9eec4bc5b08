//! Parses the modules of a crate, and finds the module or the items to which a path in the code leads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree};

/// Index of a module in a [`Tree`]; the crate's root is 0.
pub type ModuleId = usize;

/// The parsed modules of a crate. Modules and items with `#[cfg(test)]` are left out.
pub struct Tree {
    modules: Vec<Module>,
}

struct Module {
    parent: Option<ModuleId>,
    children: BTreeMap<String, ModuleId>,
    items: Vec<Item>,
    uses: Vec<Use>,
}

/// A name that a `use` declaration brings into a module. A declaration with braces is split into several such names.
pub struct Use {
    pub path: Vec<String>,
    /// The name by which the module can use the import, or `*` for a glob import.
    pub name: String,
    pub is_public: bool,
}

/// The module or items to which a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Module(ModuleId),
    /// The items with the path's last name in this module. There can be several, because a type and a function may
    /// share a name.
    Item(ModuleId),
}

impl Tree {
    pub fn read(root: &Path) -> Self {
        let mut tree = Self { modules: Vec::new() };
        let directory = root.parent().unwrap_or(Path::new("."));
        tree.add(None, parse(root), directory);
        tree
    }

    /// Returns the items of a module, in the order of the source.
    pub fn items(&self, module: ModuleId) -> &[Item] {
        &self.modules[module].items
    }

    pub fn uses(&self, module: ModuleId) -> &[Use] {
        &self.modules[module].uses
    }

    pub fn child(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        self.modules[module].children.get(name).copied()
    }

    pub fn ids(&self) -> impl Iterator<Item = ModuleId> {
        0..self.modules.len()
    }

    /// Follows a path that is written in `module`. Returns the module or the items to which it leads, with the last
    /// name of the path. Returns `None` if the path leads out of the crate.
    pub fn resolve(&self, module: ModuleId, path: &[String]) -> Option<(Target, String)> {
        self.resolve_within(module, path, 0)
    }

    fn resolve_within(&self, module: ModuleId, path: &[String], depth: usize) -> Option<(Target, String)> {
        let (first, rest) = path.split_first()?;
        // The depth is limited, because `use` declarations of two modules may refer to each other.
        if depth > 32 {
            return None;
        }
        let next = match first.as_str() {
            "crate" => Some(0),
            "self" => Some(module),
            "super" => self.modules[module].parent,
            name => self.child(module, name),
        };
        if let Some(next) = next {
            return match rest {
                [] => Some((Target::Module(next), first.clone())),
                rest => self.resolve_within(next, rest, depth + 1),
            };
        }
        if rest.is_empty() && self.items(module).iter().any(|item| name_of(item).as_ref() == Some(first)) {
            return Some((Target::Item(module), first.clone()));
        }
        self.uses(module).iter().find_map(|import| {
            let path = match import.name.as_str() {
                "*" => [&import.path[..], path].concat(),
                name if name == first => [&import.path[..], rest].concat(),
                _ => return None,
            };
            self.resolve_within(module, &path, depth + 1)
        })
    }

    fn add(&mut self, parent: Option<ModuleId>, items: Vec<Item>, directory: &Path) -> ModuleId {
        let id = self.modules.len();
        let (children, uses) = (BTreeMap::new(), Vec::new());
        self.modules.push(Module { parent, children, items: Vec::new(), uses });
        for item in items.into_iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let items = match &module.content {
                        Some((_, items)) => items.clone(),
                        None => parse(&file_of(directory, &name)),
                    };
                    let child = self.add(Some(id), items, &directory.join(&name));
                    self.modules[id].children.insert(name, child);
                    self.modules[id].items.push(Item::Mod(syn::ItemMod { content: None, ..module }));
                }
                Item::Use(declaration) => {
                    let is_public = matches!(declaration.vis, syn::Visibility::Public(_));
                    flatten(&declaration.tree, Vec::new(), is_public, &mut self.modules[id].uses);
                }
                other => self.modules[id].items.push(other),
            }
        }
        id
    }
}

fn flatten(tree: &UseTree, mut path: Vec<String>, is_public: bool, uses: &mut Vec<Use>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            flatten(&part.tree, path, is_public, uses);
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| flatten(tree, path.clone(), is_public, uses));
        }
        UseTree::Glob(_) => uses.push(Use { path, name: "*".into(), is_public }),
        UseTree::Name(name) if name.ident == "self" => {
            let name = path.last().cloned().unwrap_or_default();
            uses.push(Use { path, name, is_public });
        }
        UseTree::Name(name) => {
            path.push(name.ident.to_string());
            uses.push(Use { path, name: name.ident.to_string(), is_public });
        }
        UseTree::Rename(rename) => {
            path.push(rename.ident.to_string());
            uses.push(Use { path, name: rename.rename.to_string(), is_public });
        }
    }
}

fn parse(file: &Path) -> Vec<Item> {
    let text = std::fs::read_to_string(file)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("cannot parse {}: {error}", file.display()));
    parsed.items
}

fn file_of(directory: &Path, module: &str) -> PathBuf {
    let file = directory.join(format!("{module}.rs"));
    if file.exists() { file } else { directory.join(module).join("mod.rs") }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Returns the attributes of an item, such as `#[derive(…)]`.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns the name that an item defines, or `None` for an item without a name, such as an `impl` block.
pub fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}
