//! Removes the messages of panics from a compiled WebAssembly file, so that the page is smaller. A panic then stops the page's code at
//! once, and the browser's console shows where, but not why. Trunk alone builds a page with these messages.
//!
//! The compiler puts an instruction `unreachable` after each call of a function that never returns. Such a call is replaced by
//! `unreachable`, together with the instructions before it that only prepare its arguments. Nothing else changes its place. The
//! relocations of the replaced instructions are removed, so the splitter no longer sees that they use a text or a function.

/// Beginning of every module: a magic number and the version of the format.
const HEADER: &[u8; 8] = b"\0asm\x01\0\0\0";
const CUSTOM_SECTION: u8 = 0;
const IMPORT_SECTION: u8 = 2;
const CODE_SECTION: u8 = 10;
/// Name of the section with the relocations of the code.
const RELOCATIONS: &str = "reloc.CODE";
const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const CALL: u8 = 0x10;
/// Types of relocations that have an addend (tool conventions for WebAssembly, "Linking"): addresses in memory and offsets.
const WITH_ADDEND: [u8; 14] = [3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25];

/// Returns the module without messages of panics. Returns `None` if the file is not a module that this code understands.
pub fn without_messages(module: &[u8]) -> Option<Vec<u8>> {
    let mut sections = sections(module)?;
    let imported = match sections.iter().find(|section| section.number == IMPORT_SECTION) {
        Some(section) => imported_functions(&section.content)?,
        None => 0,
    };
    let code = sections.iter_mut().find(|section| section.number == CODE_SECTION)?;
    let mut replaced = Vec::new();
    for body in bodies(&code.content)? {
        // A function with instructions that are not known stays as it is.
        replaced.extend(dead_ends(&code.content[..body.end], body.start, imported).unwrap_or_default());
    }
    for stretch in &replaced {
        code.content[stretch.start..stretch.end].fill(NOP);
        code.content[stretch.start] = UNREACHABLE;
    }
    for section in &mut sections {
        if section.number == CUSTOM_SECTION && Input::new(&section.content).name()? == RELOCATIONS.as_bytes()
        {
            section.content = without_relocations(&section.content, &replaced)?;
        }
    }
    Some(bytes(&sections))
}

struct Section {
    number: u8,
    content: Vec<u8>,
}

/// A part of a section, from its first byte to the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    start: usize,
    end: usize,
}

fn sections(module: &[u8]) -> Option<Vec<Section>> {
    let mut input = Input::new(module.strip_prefix(HEADER)?);
    let mut sections = Vec::new();
    while !input.is_empty() {
        let number = input.byte()?;
        sections.push(Section { number, content: input.sized()?.to_vec() });
    }
    Some(sections)
}

fn bytes(sections: &[Section]) -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    for Section { number, content } in sections {
        bytes.push(*number);
        write_number(content.len() as u64, &mut bytes);
        bytes.extend(content);
    }
    bytes
}

fn imported_functions(section: &[u8]) -> Option<u64> {
    let mut input = Input::new(section);
    let mut functions = 0;
    for _ in 0..input.number()? {
        input.name()?;
        input.name()?;
        match input.byte()? {
            0 => {
                functions += 1;
                input.number()?;
            }
            1 => {
                input.byte()?;
                input.limits()?;
            }
            2 => input.limits()?,
            3 => input.skip(2)?,
            _ => return None,
        }
    }
    Some(functions)
}

/// Returns the places of the instructions of all functions in the section of code.
fn bodies(code: &[u8]) -> Option<Vec<Stretch>> {
    let mut input = Input::new(code);
    let body = |input: &mut Input<'_>| {
        let length = usize::try_from(input.number()?).ok()?;
        let end = input.at.checked_add(length)?;
        for _ in 0..input.number()? {
            input.number()?;
            input.byte()?;
        }
        let start = std::mem::replace(&mut input.at, end);
        (start <= end && end <= code.len()).then_some(Stretch { start, end })
    };
    (0..input.number()?).map(|_| body(&mut input)).collect()
}

/// Returns the places of calls that never return, each with the instructions that prepare it. `code` ends with the function whose
/// instructions begin at `start`. The first functions are those that are imported: calls of these are kept. Returns `None` if an
/// instruction is not known.
fn dead_ends(code: &[u8], start: usize, imported: u64) -> Option<Vec<Stretch>> {
    let mut input = Input { bytes: code, at: start };
    let (mut from, mut found) = (start, Vec::new());
    while !input.is_empty() {
        let instruction = input.instruction()?;
        let never_returns = code.get(input.at) == Some(&UNREACHABLE);
        if never_returns && matches!(instruction, Instruction::Call(function) if function >= imported) {
            found.push(Stretch { start: from, end: input.at });
        }
        if !matches!(instruction, Instruction::Plain) {
            from = input.at;
        }
    }
    Some(found)
}

/// Returns the section of relocations without those in the replaced stretches, which are in order.
fn without_relocations(section: &[u8], replaced: &[Stretch]) -> Option<Vec<u8>> {
    let mut input = Input::new(section);
    input.name()?;
    input.number()?;
    let head = &section[..input.at];
    let (count, mut kept, mut entries) = (input.number()?, 0, Vec::<u8>::new());
    for _ in 0..count {
        let start = input.at;
        let kind = input.byte()?;
        let offset = usize::try_from(input.number()?).ok()?;
        input.number()?;
        if WITH_ADDEND.contains(&kind) {
            input.number()?;
        }
        let next = replaced.partition_point(|stretch| stretch.end <= offset);
        if replaced.get(next).is_none_or(|stretch| offset < stretch.start) {
            kept += 1;
            entries.extend(&section[start..input.at]);
        }
    }
    let mut content = head.to_vec();
    write_number(kept, &mut content);
    content.extend(entries);
    Some(content)
}

/// An instruction, as far as it matters here.
#[derive(Clone, Copy)]
enum Instruction {
    /// An instruction after which the next one follows.
    Plain,
    /// A call of the function with this number.
    Call(u64),
    /// An instruction that may continue elsewhere, at which others may continue, or that runs other code.
    Control,
}

/// Bytes that are read from a place on. Every function returns `None` if they end too early.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end);
        self.at = end;
        taken
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.take(length).map(|_| ())
    }

    /// Reads a number, which is written in groups of seven bits, the lowest first (LEB128). Of a negative number, all that matters here
    /// is its length.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn numbers(&mut self, count: u64) -> Option<()> {
        (0..count).try_for_each(|_| self.number().map(|_| ()))
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        self.sized()
    }

    fn limits(&mut self) -> Option<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.numbers(1 + u64::from(has_maximum))
    }

    /// Reads an instruction of the core specification (chapter 5, "Instructions"). Returns `None` if it is one that the compiler does not
    /// use for the page.
    fn instruction(&mut self) -> Option<Instruction> {
        let operator = self.byte()?;
        match operator {
            CALL => return self.number().map(Instruction::Call),
            // Blocks have a type; branches and indirect calls have numbers.
            0x02..=0x04 | 0x0c | 0x0d => return self.numbers(1).map(|()| Instruction::Control),
            0x11 => return self.numbers(2).map(|()| Instruction::Control),
            0x0e => {
                let targets = self.number()?;
                return self.numbers(targets + 1).map(|()| Instruction::Control);
            }
            UNREACHABLE | 0x05 | 0x0b | 0x0f => return Some(Instruction::Control),
            // Constants.
            0x41 | 0x42 => self.numbers(1)?,
            0x43 => self.skip(4)?,
            0x44 => self.skip(8)?,
            // Variables and tables.
            0x20..=0x26 | 0xd0 | 0xd2 => self.numbers(1)?,
            0x1c => {
                let types = self.number()?;
                self.numbers(types)?;
            }
            // Memory.
            0x28..=0x3e => self.numbers(2)?,
            0x3f | 0x40 => self.numbers(1)?,
            0xfc => match self.number()? {
                0..=7 => {}
                8 | 10 | 12 | 14 => self.numbers(2)?,
                9 | 11 | 13 | 15..=17 => self.numbers(1)?,
                _ => return None,
            },
            NOP | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => {}
            _ => return None,
        }
        Some(Instruction::Plain)
    }
}

fn write_number(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a call with a number of five bytes, as the linker writes it.
    fn call(function: u8) -> Vec<u8> {
        vec![CALL, function | 0x80, 0x80, 0x80, 0x80, 0]
    }

    /// Returns a module with one imported function, a function with these instructions, and a relocation at each of the offsets from
    /// the first of them.
    fn module(instructions: &[u8], relocations: &[u8]) -> Vec<u8> {
        let section = |number: u8, content: Vec<u8>| [vec![number, content.len() as u8], content].concat();
        let import = b"\x01\x01a\x01b\x00\x00".to_vec();
        let body = [b"\x01\x02\x7f", instructions].concat();
        let code = [vec![1, body.len() as u8], body].concat();
        let entry = |offset: &u8| vec![0, offset + 5, 7];
        let entries: Vec<u8> = relocations.iter().flat_map(entry).collect();
        let relocations = [b"\x0areloc.CODE\x02".to_vec(), vec![relocations.len() as u8], entries].concat();
        [HEADER.to_vec(), section(2, import), section(10, code), section(0, relocations)].concat()
    }

    /// Checks what becomes of instructions and of the offsets of relocations.
    fn check(instructions: &[u8], relocations: &[u8], expected: &[u8], left: &[u8]) {
        let changed = without_messages(&module(instructions, relocations)).expect("a module");
        assert_eq!(changed, module(expected, left));
    }

    #[test]
    fn a_call_that_never_returns_is_replaced_with_its_arguments_and_relocations() {
        // block, br_if, end: i32.const, i32.const, call 1, unreachable, end
        let before =
            [&[0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0f, 0x0b, 0x41, 5, 0x41, 6][..], &call(1), &[0, 0x0b]]
                .concat();
        let after = [&[0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0f, 0x0b, 0][..], &[NOP; 9], &[0, 0x0b]].concat();
        check(&before, &[3, 9, 13], &after, &[3]);
    }

    #[test]
    fn what_was_called_before_is_still_called() {
        let before = [&[0x41, 5][..], &call(1), &[0x1a, 0x41, 6], &call(2), &[0, 0x0b]].concat();
        let after = [&[0x41, 5][..], &call(1), &[0], &[NOP; 8], &[0, 0x0b]].concat();
        check(&before, &[3, 12], &after, &[3]);
    }

    #[test]
    fn calls_that_return_and_calls_of_the_browser_stay() {
        for instructions in
            [[&call(1)[..], &[0x0b]].concat(), [&[0x41, 5][..], &call(0), &[0, 0x0b]].concat()]
        {
            check(&instructions, &[1], &instructions, &[1]);
        }
    }

    #[test]
    fn a_function_with_an_unknown_instruction_stays() {
        let instructions = [&[0xfd, 0x0c, 1][..], &call(1), &[0, 0x0b]].concat();
        check(&instructions, &[4], &instructions, &[4]);
    }

    #[test]
    fn what_is_not_a_module_is_refused() {
        let whole = module(&call(1), &[]);
        assert!(
            without_messages(b"\0asm").is_none() && without_messages(&whole[..whole.len() - 1]).is_none()
        );
    }
}
