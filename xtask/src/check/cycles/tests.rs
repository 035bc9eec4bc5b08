use super::*;

/// Returns the import cycles of a crate with these files, of which the first is the root. Each cycle is returned as the
/// text that describes it.
fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> = files
        .iter()
        .map(|(path, text)| Source { path: format!("a/src/{path}"), text: (*text).to_owned() })
        .collect();
    violations(&sources, &[sources[0].path.clone()])
}

fn is_cycle_of(files: &[(&str, &str)], members: &[&str]) {
    let found = cycles(files);
    assert_eq!(found.len(), 1, "{found:?}");
    for member in members {
        assert!(found[0].contains(&format!("a/src/{member} uses")), "{member}: {found:?}");
    }
}

fn has_none(files: &[(&str, &str)]) {
    assert_eq!(cycles(files), [""; 0]);
}

#[test]
fn two_modules_that_use_each_other_are_a_cycle_with_its_lines() {
    let files = [
        ("lib.rs", "mod b;\nmod c;"),
        ("b.rs", "use crate::c::C;\npub struct B(C);"),
        ("c.rs", "\npub struct C;\nfn f(_: crate::b::B) {}"),
    ];
    let expected = "these modules import each other:\
        \n    a/src/b.rs uses a/src/c.rs (line 1: crate::c::C)\
        \n    a/src/c.rs uses a/src/b.rs (line 3: crate::b::B)";
    assert_eq!(cycles(&files), [expected]);
}

#[test]
fn a_cycle_of_three_names_all_three_and_who_else_is_in_the_group() {
    let files = [
        ("lib.rs", "mod b; mod c; mod d; mod e;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "use crate::d::D; use crate::e::E; pub struct C;"),
        ("d.rs", "use crate::b::B; pub struct D;"),
        ("e.rs", "use crate::d::f; pub struct E;"),
    ];
    is_cycle_of(&files, &["b.rs", "c.rs", "d.rs"]);
    assert!(cycles(&files)[0].ends_with("also in this group: a/src/e.rs"));
}

#[test]
fn a_parent_that_uses_its_child_while_the_child_uses_the_parent_is_a_cycle() {
    let files = [
        ("lib.rs", "mod b;\npub struct A;\nfn f() { b::g(); }"),
        ("b.rs", "use super::A;\npub fn g() -> A { A }"),
    ];
    is_cycle_of(&files, &["lib.rs", "b.rs"]);
}

#[test]
fn a_parent_that_only_declares_and_reexports_a_child_does_not_use_it() {
    has_none(&[
        ("lib.rs", "mod b;\npub use b::B;\npub struct A;"),
        ("b.rs", "use super::A;\npub struct B(A);"),
    ]);
}

#[test]
fn a_parent_whose_code_names_what_it_reexports_does_use_it() {
    let child = ("b.rs", "use crate::A;\npub struct B(A);");
    is_cycle_of(
        &[("lib.rs", "mod b;\npub use b::B;\npub struct A;\nfn f(_: B) {}"), child],
        &["lib.rs", "b.rs"],
    );
}

#[test]
fn a_name_is_followed_through_reexports_to_the_file_that_defines_it() {
    let files = [
        ("lib.rs", "mod b; mod c; pub use b::B; pub use c::*;"),
        ("b.rs", "pub struct B;"),
        ("c.rs", "use crate::B; pub struct C(B);"),
    ];
    has_none(&files);
    let back = ("b.rs", "pub struct B(crate::C);");
    is_cycle_of(&[files[0], back, files[2]], &["b.rs", "c.rs"]);
}

#[test]
fn a_module_that_is_imported_counts_where_its_items_are_used() {
    let c = ("c.rs", "use crate::b; pub fn g() { b::f(); }");
    is_cycle_of(
        &[("lib.rs", "mod b; mod c;"), ("b.rs", "use crate::c; pub fn f() { c::g(); }"), c],
        &["b.rs", "c.rs"],
    );
    has_none(&[("lib.rs", "mod b; mod c;"), ("b.rs", "pub fn f() {}"), c]);
}

#[test]
fn names_of_a_glob_count_as_far_as_they_are_used() {
    let parent = |code: &str| format!("mod b; pub struct A; pub fn h() {{}} {code}");
    let files = |code: &'static str| [("b.rs", code)];
    for (code, is_cycle) in [
        ("use super::*; pub fn g(_: A) {}", true),
        ("use super::*; pub fn g() { h() }", true),
        ("use super::*; pub fn g(h: u8) -> u8 { h }", false),
    ] {
        let root = parent("fn f() { b::g() }");
        let found = cycles(&[("lib.rs", root.as_str()), files(code)[0]]);
        assert_eq!(found.len(), usize::from(is_cycle), "{code}: {found:?}");
    }
}

#[test]
fn branches_aliases_and_inline_modules_are_read() {
    let b = ("b.rs", "pub mod inner { pub struct B(crate::c::C); }");
    for code in [
        "use crate::{b::{inner::B as Other}}; pub struct C;",
        "use crate::b::inner::{self as x}; pub struct C; fn f(_: x::B) {}",
        "pub(crate) use crate::b::inner::B; pub struct C;",
    ] {
        is_cycle_of(&[("lib.rs", "mod b; mod c;"), b, ("c.rs", code)], &["b.rs", "c.rs"]);
    }
}

#[test]
fn tests_comments_and_strings_make_no_edge() {
    let b = ("b.rs", "use crate::c::C; pub struct B;");
    for code in [
        "pub struct C;\n#[cfg(test)]\nmod tests { use crate::b::B; }",
        "pub struct C;\n#[cfg(test)]\nmod tests;\n",
        "pub struct C;\n#[cfg(test)]\nuse crate::b::{B, X};\n",
        "pub struct C;\n#[cfg(split)]\n#[inline(always)]\nfn with_b() { crate::b::b(); }",
        "pub struct C;\n#[cfg(test)]\nimpl From<crate::b::B> for C { fn from() {} }",
        "/// See [`crate::b::B`].\npub struct C; const S: &str = \"crate::b::B\"; // crate::b::B",
    ] {
        has_none(&[("lib.rs", "mod b; mod c;"), b, ("c.rs", code), ("c/tests.rs", "use crate::b::B;")]);
    }
}

#[test]
fn methods_and_fields_of_the_same_name_make_no_edge() {
    let files = [
        ("lib.rs", "mod b; pub use b::f; fn g(x: X) { x.f(); }\npub struct A;"),
        ("b.rs", "use crate::A; pub fn f(_: A) {}"),
    ];
    has_none(&files);
}

#[test]
fn the_bound_of_a_returned_type_is_no_import() {
    let b = ("b.rs", "use crate::c::C; pub struct B;");
    let c = ("c.rs", "pub struct C; fn f(x: &u8) -> impl Fn() + use<'_> { let y = (1, 2); move || {} }");
    has_none(&[("lib.rs", "mod b; mod c;"), b, c]);
}

#[test]
fn modules_in_folders_are_found_in_both_of_their_places() {
    let files = [
        ("lib.rs", "mod b; mod c;"),
        ("b/mod.rs", "mod d;"),
        ("b/d.rs", "use crate::c::e::E; pub struct D;"),
        ("c.rs", "pub mod e;"),
        ("c/e.rs", "pub struct E(crate::b::d::D);"),
    ];
    is_cycle_of(&files, &["b/d.rs", "c/e.rs"]);
}

#[test]
fn an_item_defined_by_a_macro_belongs_to_the_module_that_names_it() {
    let files = [
        ("lib.rs", "mod b; mod c;"),
        ("b.rs", "make!(B);\nuse crate::c::C;"),
        ("c.rs", "pub struct C(crate::b::B);"),
    ];
    is_cycle_of(&files, &["b.rs", "c.rs"]);
}
