//! Finds the module that defines the item of a path. Imports and re-exports are followed.

use super::modules::{Crate, Import, ModuleId};

/// Result of resolving a path: a module of the crate, or an item of the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Module(ModuleId),
    /// An item that the module with this id defines.
    ItemOf(ModuleId),
}

/// Maximum number of re-exports that are followed for one path. It is limited, because glob re-exports can form a
/// circle.
const MOST_HOPS: usize = 8;

impl Crate {
    /// Finds the module or item to which a path leads. The path is written in the module `from`. Returns `None` if it
    /// leads to another crate.
    pub fn resolve(&self, from: ModuleId, path: &[String]) -> Option<Target> {
        self.resolve_within(from, path, MOST_HOPS)
    }

    fn resolve_within(&self, from: ModuleId, path: &[String], hops: usize) -> Option<Target> {
        let hops = hops.checked_sub(1)?;
        let (first, mut rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(from),
            "super" => Target::Module(self.modules[from].parent?),
            name => self.lookup(from, name, rest.is_empty(), hops)?,
        };
        while let (Target::Module(module), Some((name, others))) = (target, rest.split_first()) {
            target = match name.as_str() {
                "super" => Target::Module(self.modules[module].parent?),
                // The item may be defined by a macro, which is not expanded here. It then belongs to this module.
                name => self.lookup(module, name, others.is_empty(), hops).unwrap_or(Target::ItemOf(module)),
            };
            rest = others;
        }
        Some(target)
    }

    /// Returns the item or module with this name in a module, or `None` if there is none. A function and a module may
    /// have the same name. Then the last word of a path means the function, and an earlier word means the module.
    fn lookup(&self, id: ModuleId, name: &str, is_last: bool, hops: usize) -> Option<Target> {
        let module = &self.modules[id];
        let item = module.items.contains(name).then_some(Target::ItemOf(id));
        let imported = || {
            let named = module.imports.iter().filter(|import| import.alias == name);
            let targets: Vec<Target> =
                named.filter_map(|import| self.resolve_within(id, &import.path.segments, hops)).collect();
            let fits = |target: &&Target| is_last == matches!(target, Target::ItemOf(_));
            targets.iter().find(fits).or(targets.first()).copied()
        };
        let child = module.children.get(name).copied().map(Target::Module);
        let found = if is_last { item.or_else(imported).or(child) } else { child.or(item).or_else(imported) };
        found.or_else(|| {
            module.imports.iter().find_map(|glob| self.lookup_in_glob(id, glob, name, is_last, hops))
        })
    }

    fn lookup_in_glob(
        &self,
        id: ModuleId,
        glob: &Import,
        name: &str,
        is_last: bool,
        hops: usize,
    ) -> Option<Target> {
        if glob.alias != "*" {
            return None;
        }
        match self.resolve_within(id, &glob.path.segments, hops)? {
            Target::Module(module) => self.lookup(module, name, is_last, hops),
            Target::ItemOf(_) => None,
        }
    }

    /// Returns true if `module` is `ancestor` itself, or is declared in it at any depth.
    pub fn is_within(&self, module: ModuleId, ancestor: ModuleId) -> bool {
        let mut at = Some(module);
        while let Some(id) = at {
            if id == ancestor {
                return true;
            }
            at = self.modules[id].parent;
        }
        false
    }
}
