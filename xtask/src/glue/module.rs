//! Reads and writes the imports and the exports of a WebAssembly module, as the core specification describes them (chapter 5,
//! "Binary Format"). Everything else is kept as it is.

/// Beginning of every module: a magic number and the version of the format.
const HEADER: &[u8; 8] = b"\0asm\x01\0\0\0";
const IMPORT_SECTION: u8 = 2;
const EXPORT_SECTION: u8 = 7;
const CODE_SECTION: u8 = 10;
/// Number of every section with a name of its own.
const CUSTOM_SECTION: u8 = 0;
/// Name of the section with the names of functions, and the number of the part of it that has them.
const NAMES: &str = "name";
const NAMES_OF_FUNCTIONS: u8 = 1;
/// Kind of an imported function.
const FUNCTION: u8 = 0;

/// A WebAssembly module.
pub struct Module {
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// The sections with their numbers. Those of imports and exports are empty here.
    sections: Vec<(u8, Vec<u8>)>,
}

/// Something that the module imports.
pub struct Import {
    pub module: String,
    pub name: String,
    /// Kind and type, as they are written in the module.
    about: Vec<u8>,
}

/// Something that the module exports.
pub struct Export {
    pub name: String,
    /// Kind and number, as they are written in the module.
    about: Vec<u8>,
}

impl Module {
    /// Parses a module. Returns `None` if it is not valid, or imports something of a kind that the linker does not write.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut input = Input(bytes.strip_prefix(HEADER)?);
        let mut module = Self { imports: Vec::new(), exports: Vec::new(), sections: Vec::new() };
        while !input.0.is_empty() {
            let (number, length) = (input.byte()?, input.number()?);
            let content = input.take(length)?;
            match number {
                IMPORT_SECTION => module.imports = Input(content).list(Input::import)?,
                EXPORT_SECTION => module.exports = Input(content).list(Input::export)?,
                _ => {}
            }
            let is_parsed = matches!(number, IMPORT_SECTION | EXPORT_SECTION);
            module.sections.push((number, if is_parsed { Vec::new() } else { content.to_vec() }));
        }
        Some(module)
    }

    /// Returns the code of every function that is not imported. Returns `None` if there is none.
    pub fn functions(&self) -> Option<Vec<&[u8]>> {
        let (_, code) = self.sections.iter().find(|(number, _)| *number == CODE_SECTION)?;
        Input(code).list(|input| input.number().and_then(|length| input.take(length)))
    }

    /// Adds a section with names for the functions that are not imported. Returns `None` if the module has such a section.
    pub fn name_functions(&mut self, names: &[String]) -> Option<()> {
        let is_named = |(number, content): &(u8, Vec<u8>)| {
            *number == CUSTOM_SECTION && Input(content).name().is_some_and(|name| name == NAMES)
        };
        if self.sections.iter().any(is_named) {
            return None;
        }
        let imported = self.imports.iter().filter(|import| import.about.first() == Some(&FUNCTION)).count();
        let numbered: Vec<_> = names.iter().enumerate().collect();
        let entries = list(&numbered, |(index, name), to| {
            write_number(imported + index, to);
            write_name(name, to);
        });
        let mut section = Vec::new();
        write_name(NAMES, &mut section);
        section.push(NAMES_OF_FUNCTIONS);
        write_number(entries.len(), &mut section);
        section.extend(entries);
        self.sections.push((CUSTOM_SECTION, section));
        Some(())
    }

    /// Returns the module in the binary format.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for (number, content) in &self.sections {
            let written = match *number {
                IMPORT_SECTION => Some(list(&self.imports, |import, to| {
                    write_name(&import.module, to);
                    write_name(&import.name, to);
                    to.extend(&import.about);
                })),
                EXPORT_SECTION => Some(list(&self.exports, |export, to| {
                    write_name(&export.name, to);
                    to.extend(&export.about);
                })),
                _ => None,
            };
            let content = written.as_ref().unwrap_or(content);
            bytes.push(*number);
            write_number(content.len(), &mut bytes);
            bytes.extend(content);
        }
        bytes
    }
}

/// The part of a module that is still to be read. Every function returns `None` if it ends too early.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Reads a number of at most 32 bits, which is written in groups of seven bits, the lowest first (LEB128).
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn name(&mut self) -> Option<String> {
        let length = self.number()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| read(self)).collect()
    }

    fn import(&mut self) -> Option<Import> {
        let (module, name) = (self.name()?, self.name()?);
        Some(Import { module, name, about: self.about(Self::type_of_import)? })
    }

    fn export(&mut self) -> Option<Export> {
        let name = self.name()?;
        Some(Export { name, about: self.about(|input| input.byte().and_then(|_| input.number()))? })
    }

    /// Returns the bytes that `read` reads.
    fn about<T>(&mut self, read: fn(&mut Self) -> Option<T>) -> Option<Vec<u8>> {
        let before = self.0;
        read(self)?;
        Some(before[..before.len() - self.0.len()].to_vec())
    }

    fn type_of_import(&mut self) -> Option<()> {
        match self.byte()? {
            // A function, with the number of its type.
            0 => self.number().map(|_| ()),
            // A table, with the type of its elements and its size.
            1 => self.byte().and_then(|_| self.limits()),
            // A memory, with its size.
            2 => self.limits(),
            // A global variable, with its type and whether it can be changed.
            3 => self.take(2).map(|_| ()),
            _ => None,
        }
    }

    fn limits(&mut self) -> Option<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum { self.number().map(|_| ()) } else { Some(()) }
    }
}

fn list<T>(items: &[T], write: impl Fn(&T, &mut Vec<u8>)) -> Vec<u8> {
    let mut content = Vec::new();
    write_number(items.len(), &mut content);
    items.iter().for_each(|item| write(item, &mut content));
    content
}

fn write_name(name: &str, to: &mut Vec<u8>) {
    write_number(name.len(), to);
    to.extend(name.as_bytes());
}

fn write_number(mut number: usize, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}
