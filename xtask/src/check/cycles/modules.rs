//! Parses the modules of a crate as far as needed for import cycles: the file of each module, the items that it defines
//! and imports, and the paths in its code.

use super::tokens::{Kind, Token, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// Index of a module in [`Crate::modules`]. The crate's root module has the index 0.
pub type ModuleId = usize;

/// A path as written in the code, such as `["crate", "a", "B"]`, with the number of its line.
#[derive(Debug, Clone)]
pub struct Path {
    pub segments: Vec<String>,
    pub line: usize,
}

/// A name that a `use` declaration brings into scope.
#[derive(Debug)]
pub struct Import {
    /// The name by which the module can use the import, or `*` for a glob import.
    pub alias: String,
    pub path: Path,
    /// True if the `use` has a visibility such as `pub` or `pub(crate)`, so that other modules can import the name from
    /// this module.
    pub is_reexport: bool,
}

/// A module of a crate. Modules that are compiled only for tests are left out.
#[derive(Debug, Default)]
pub struct Module {
    /// Path of the file from the root of the project. For an inline module, it is the file that contains the module.
    pub file: String,
    pub parent: Option<ModuleId>,
    pub children: BTreeMap<String, ModuleId>,
    /// Names of the functions, types, constants, traits and macros that this module defines.
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// All paths in the module's code, except for those in `use` declarations.
    pub paths: Vec<Path>,
}

/// All modules of a crate. The first one is the crate's root.
#[derive(Debug, Default)]
pub struct Crate {
    pub modules: Vec<Module>,
}

impl Crate {
    /// Parses the crate whose root file is `root`, with all its modules. The closure `read` returns the text of a file,
    /// or `None` if there is no such file.
    pub fn read<'a>(root: &str, read: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut all = Self::default();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let module = Module { file: root.to_owned(), ..Module::default() };
        let mut open = vec![(all.add(module), folder)];
        while let Some((id, folder)) = open.pop() {
            let Some(text) = read(&all.modules[id].file) else { continue };
            let tokens = tokens(text);
            let mut parser = Parser { tokens: &tokens, at: 0, all: &mut all, declared: Vec::new() };
            parser.module(id, &folder);
            for Declared { parent, name, folder } in parser.declared {
                let candidates = [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")];
                let Some(file) = candidates.into_iter().find(|file| read(file).is_some()) else { continue };
                let child = all.add(Module { file, parent: Some(parent), ..Module::default() });
                all.modules[parent].children.insert(name.clone(), child);
                open.push((child, format!("{folder}/{name}")));
            }
        }
        all
    }

    fn add(&mut self, module: Module) -> ModuleId {
        self.modules.push(module);
        self.modules.len() - 1
    }
}

/// A declaration `mod name;`, whose module has not been parsed yet. Its file is `name.rs` or `name/mod.rs` in `folder`.
struct Declared {
    parent: ModuleId,
    name: String,
    folder: String,
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    all: &'a mut Crate,
    declared: Vec<Declared>,
}

const DEFINING: [&str; 8] = ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

impl Parser<'_> {
    /// Parses a module up to the end of its file or, for an inline module, up to its closing brace.
    fn module(&mut self, id: ModuleId, folder: &str) {
        let mut depth = 0_usize;
        let mut is_visible = false;
        while let Some(token) = self.tokens.get(self.at).copied() {
            self.at += 1;
            match token.kind {
                Kind::Mark('{') => depth += 1,
                Kind::Mark('}') if depth == 0 => return,
                Kind::Mark('}') => depth -= 1,
                Kind::Mark('#') if self.attribute_excludes_item() => self.skip_item(),
                Kind::Word("pub") => {
                    is_visible = true;
                    self.skip_group('(', ')');
                    continue;
                }
                // `impl Trait + use<'a>` is a bound and not an import.
                Kind::Word("use") if self.peek() != Some(Kind::Mark('<')) => self.import(id, is_visible),
                Kind::Word("mod") if depth == 0 => self.child(id, folder),
                Kind::Word("macro_rules") => {
                    // Skips the `!` between `macro_rules` and the name.
                    self.at += 1;
                    self.define(id, depth);
                }
                Kind::Word(word) if DEFINING.contains(&word) => self.define(id, depth),
                Kind::Word(_) => self.path(id),
                Kind::PathSeparator | Kind::Mark(_) => {}
            }
            is_visible = false;
        }
    }

    /// Skips an attribute. Returns true if the attribute means that the next item is compiled for tests only, or only for the tool that splits
    /// the page's code (`cfg(split)`). Such an item says which code belongs into the same file.
    fn attribute_excludes_item(&mut self) -> bool {
        if self.peek() == Some(Kind::Mark('!')) {
            self.at += 1;
        }
        let begin = self.at;
        self.skip_group('[', ']');
        let words: Vec<&str> = self.tokens[begin..self.at].iter().filter_map(word_of).collect();
        matches!(
            words.as_slice(),
            ["cfg", "test" | "split"] | ["cfg", "all", "test", ..] | ["test"] | ["tokio", "test", ..]
        )
    }

    /// Skips the next item, up to a `;` or to the end of its braces.
    fn skip_item(&mut self) {
        let is_use = self.tokens[self.at..].iter().take(5).any(|token| token.kind == Kind::Word("use"));
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Mark(';') => {
                    self.at += 1;
                    return;
                }
                Kind::Mark('{') => {
                    self.skip_group('{', '}');
                    if !is_use {
                        return;
                    }
                }
                Kind::Mark('(') => self.skip_group('(', ')'),
                Kind::Mark('[') => self.skip_group('[', ']'),
                // The enclosing braces end here: the attribute belonged to a field, an argument or a match arm.
                Kind::Mark('}') => return,
                _ => self.at += 1,
            }
        }
    }

    /// If the next token is `open`, skips everything up to the matching `close`.
    fn skip_group(&mut self, open: char, close: char) {
        let mut depth = 0;
        while let Some(kind) = self.peek() {
            if kind == Kind::Mark(open) {
                depth += 1;
            } else if kind == Kind::Mark(close) {
                depth -= 1;
            }
            if depth == 0 && kind != Kind::Mark(close) {
                return;
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn child(&mut self, parent: ModuleId, folder: &str) {
        let Some(name) = self.word() else { return };
        if self.peek() == Some(Kind::Mark('{')) {
            self.at += 1;
            let file = self.all.modules[parent].file.clone();
            let child = self.all.add(Module { file, parent: Some(parent), ..Module::default() });
            self.all.modules[parent].children.insert(name.clone(), child);
            self.module(child, &format!("{folder}/{name}"));
        } else {
            self.declared.push(Declared { parent, name, folder: folder.to_owned() });
        }
    }

    fn define(&mut self, id: ModuleId, depth: usize) {
        // `const fn` and `impl const Trait` do not define a constant.
        if self.peek() == Some(Kind::Word("fn")) {
            return;
        }
        if let Some(name) = self.word()
            && depth == 0
        {
            self.all.modules[id].items.insert(name);
        }
    }

    /// Parses the rest of a path in the code. The caller has already read its first word.
    fn path(&mut self, id: ModuleId) {
        let first = self.at - 1;
        let line = self.tokens[first].line;
        let mut segments: Vec<String> = word_of(&self.tokens[first]).map(str::to_owned).into_iter().collect();
        while self.peek() == Some(Kind::PathSeparator)
            && let Some(word) = self.tokens.get(self.at + 1).and_then(word_of)
        {
            segments.push(word.to_owned());
            self.at += 2;
        }
        let before = first.checked_sub(1).map(|before| self.tokens[before].kind);
        let is_member = matches!(before, Some(Kind::Mark('.') | Kind::PathSeparator));
        if !is_member && self.can_name_an_item(&segments) {
            self.all.modules[id].paths.push(Path { segments, line });
        }
    }

    /// Returns true if the path may name an item. A single word in lower case is a variable, unless a call follows it.
    fn can_name_an_item(&self, segments: &[String]) -> bool {
        let is_large = segments.first().is_some_and(|word| word.starts_with(char::is_uppercase));
        segments.len() > 1 || is_large || self.peek() == Some(Kind::Mark('('))
    }

    fn import(&mut self, id: ModuleId, is_reexport: bool) {
        let mut found = Vec::new();
        self.use_tree(&mut Vec::new(), &mut found);
        let imports = found.into_iter().map(|(alias, path)| Import { alias, path, is_reexport });
        self.all.modules[id].imports.extend(imports);
    }

    /// Parses one branch of a `use` declaration, up to its `,`, `}` or `;`, and adds the imported names to `found`.
    /// `prefix` is the part of the path before this branch.
    fn use_tree(&mut self, prefix: &mut Vec<String>, found: &mut Vec<(String, Path)>) {
        let depth = prefix.len();
        let mut alias = None;
        let mut is_leaf = true;
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        while let Some(token) = self.tokens.get(self.at).copied() {
            match token.kind {
                Kind::Mark(',' | '}' | ';') => break,
                Kind::Mark('{') => {
                    is_leaf = false;
                    self.at += 1;
                    self.use_branches(prefix, found);
                }
                Kind::Mark('*') => {
                    is_leaf = false;
                    found.push(("*".to_owned(), Path { segments: prefix.clone(), line }));
                    self.at += 1;
                }
                Kind::Word("as") => {
                    self.at += 1;
                    alias = self.word();
                }
                Kind::Word(word) => {
                    prefix.push(word.to_owned());
                    self.at += 1;
                }
                Kind::PathSeparator | Kind::Mark(_) => self.at += 1,
            }
        }
        if is_leaf {
            // `a::{self}` means the path `a`.
            let mut segments = prefix.clone();
            if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
                segments.pop();
            }
            let name = alias.or_else(|| segments.last().cloned()).unwrap_or_default();
            found.push((name, Path { segments, line }));
        }
        prefix.truncate(depth);
    }

    fn use_branches(&mut self, prefix: &mut Vec<String>, found: &mut Vec<(String, Path)>) {
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Mark('}') => {
                    self.at += 1;
                    return;
                }
                Kind::Mark(';') => return,
                Kind::Mark(',') => self.at += 1,
                _ => self.use_tree(prefix, found),
            }
        }
    }

    fn word(&mut self) -> Option<String> {
        let word = self.tokens.get(self.at).and_then(word_of)?;
        self.at += 1;
        Some(word.to_owned())
    }

    fn peek(&self) -> Option<Kind<'_>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }
}

fn word_of<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token.kind {
        Kind::Word(word) => Some(word),
        Kind::PathSeparator | Kind::Mark(_) => None,
    }
}
