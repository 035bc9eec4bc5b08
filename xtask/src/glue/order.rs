//! Puts similar functions of a WebAssembly module beside each other, so that Brotli, which describes a repetition with fewer bits if
//! it is near, compresses the module better.

use super::module::Module;
use std::collections::{HashMap, HashSet};

/// Length of the sequences of bytes that functions are compared by.
const SEQUENCE: usize = 4;
/// Weight of what a function shares with one of those before it, relative to the function after that one.
const FADING: f64 = 0.5;
/// Largest weight before all of them are made smaller.
const MOST_WEIGHT: f64 = 1e100;
/// Length in bytes that is added to that of every function, so that the shortest ones are not preferred to all others.
const LEAST_LENGTH: usize = 20;

/// Gives every function of the module a name. The order of the names is the one in which the functions compress best, and `wasm-opt`
/// sorts them by name. Returns `None` if the file is not a module that this code understands, or has a section with names.
pub fn name_by_likeness(module: &[u8]) -> Option<Vec<u8>> {
    let mut module = Module::parse(module)?;
    let order = order(&module.functions()?);
    let mut names = vec![String::new(); order.len()];
    for (place, function) in order.into_iter().enumerate() {
        names[function] = format!("{place:06}");
    }
    module.name_functions(&names)?;
    Some(module.bytes())
}

/// Returns the functions in an order in which each follows one that has much in common with it. The first one is the longest.
fn order(functions: &[&[u8]]) -> Vec<usize> {
    let sequences: Vec<HashSet<&[u8]>> =
        functions.iter().map(|function| function.windows(SEQUENCE).collect()).collect();
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, sequences) in sequences.iter().enumerate() {
        sequences.iter().for_each(|sequence| owners.entry(sequence).or_default().push(function));
    }
    let mut shared = vec![0.0; functions.len()];
    let mut weight = 1.0;
    let mut left: Vec<usize> = (0..functions.len()).collect();
    let mut next = left.iter().copied().rev().max_by_key(|function| functions[*function].len());
    let mut order = Vec::with_capacity(functions.len());
    while let Some(current) = next {
        order.push(current);
        left.retain(|function| *function != current);
        for sequence in &sequences[current] {
            owners[sequence].iter().for_each(|owner| shared[*owner] += weight);
        }
        weight /= FADING;
        if weight > MOST_WEIGHT {
            shared.iter_mut().for_each(|shared| *shared /= weight);
            weight = 1.0;
        }
        let likeness = |function: usize| shared[function] / (functions[function].len() + LEAST_LENGTH) as f64;
        next = left.iter().copied().rev().max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a module with a function of each of these bodies, and one imported function.
    fn module(bodies: &[&[u8]]) -> Vec<u8> {
        let section = |number: u8, content: Vec<u8>| [vec![number, content.len() as u8], content].concat();
        let bodies: Vec<_> = bodies.iter().flat_map(|body| [&[body.len() as u8], *body].concat()).collect();
        let import = b"\x01\x01a\x01b\x00\x00".to_vec();
        let code = [vec![4], bodies].concat();
        [b"\0asm\x01\0\0\0".to_vec(), section(2, import), section(10, code)].concat()
    }

    const BODIES: [&[u8]; 4] =
        [b"one, two, three", b"alpha, beta, gamma, delta", b"one, two, four", b"alpha, beta, gamma"];

    #[test]
    fn a_function_follows_the_one_that_it_has_most_in_common_with() {
        assert_eq!(order(&BODIES), [1, 3, 0, 2]);
    }

    #[test]
    fn functions_that_have_nothing_in_common_keep_their_order() {
        assert_eq!(order(&[b"1", b"2", b"3"]), [0, 1, 2]);
        assert_eq!(order(&[]), [0_usize; 0]);
    }

    #[test]
    fn weights_never_become_infinite() {
        let bodies: Vec<String> = (0..2_000).map(|number| format!("function {number:04}")).collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(String::as_bytes).collect();
        let mut order = order(&bodies);
        assert!(order[1_900..].windows(2).filter(|two| two[0] / 10 == two[1] / 10).count() > 50);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..2_000));
    }

    #[test]
    fn names_follow_the_order_and_imported_functions_have_none() {
        let plain = module(&BODIES);
        let named = name_by_likeness(&plain).expect("a module");
        let names = b"\x04name\x01\x21\x04\x01\x06000002\x02\x06000000\x03\x06000003\x04\x06000001";
        assert!(
            named.starts_with(&plain)
                && named[plain.len()..] == [&[0, names.len() as u8], &names[..]].concat()
        );
    }

    #[test]
    fn a_file_without_functions_or_with_names_is_refused() {
        assert!(name_by_likeness(b"text").is_none() && name_by_likeness(b"\0asm\x01\0\0\0").is_none());
        let named = name_by_likeness(&module(&BODIES)).expect("a module");
        assert!(name_by_likeness(&named).is_none());
    }
}
