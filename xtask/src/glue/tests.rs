use super::*;

/// Returns a module that imports functions with these names and exports a function under each of the others.
fn module(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let name = |name: &str| [&[name.len() as u8], name.as_bytes()].concat();
    let section = |number: u8, items: Vec<Vec<u8>>| {
        let content = [vec![items.len() as u8], items.concat()].concat();
        [vec![number, (content.len() as u8 & 0x7f) | 0x80, (content.len() >> 7) as u8], content].concat()
    };
    let import = |of: &str, import: &&str| [name(of), name(import), vec![0, 3]].concat();
    let mut imported: Vec<_> = imports.iter().map(|name| import("./board_bg.js", name)).collect();
    imported.push(import("./split.js", &"load"));
    imported.push([name("env"), name("memory"), vec![2, 1, 17, 0x80, 1]].concat());
    let exported = exports.iter().map(|export| [name(export), vec![0, 5]].concat()).collect();
    let other = vec![11, 2, 1, 0];
    [b"\0asm\x01\0\0\0".to_vec(), section(2, imported), section(7, exported), other].concat()
}

fn names(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let module = Module::parse(bytes).expect("a module");
    let imports = module.imports.iter().map(|import| format!("{} {}", import.module, import.name)).collect();
    (imports, module.exports.into_iter().map(|export| export.name).collect())
}

const SCRIPT: &str = "export class Sink {
    close() {
        wasm.sink_close(this.__wbg_ptr);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_now_0123456789abcdef: function() {
            return now(wasm._RNvC1_now);
        },
        __wbg_sink_new: function(arg0) {
            return Sink.__wrap(arg0);
        },
        __wbg_add_fedcba9876543210: function() { return handleError(function (arg0) {
            _RNvC1_now_2(arg0);
        }, arguments); },
    };
    return {
        __proto__: null,
        \"./board_bg.js\": import0,
        \"./split.js\": import1,
    };
}
function _RNvC1_now_2(arg0) {
    wasm._RNvC1_now_2(arg0);
}
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
const { memory } = wasm.start();
";

#[test]
fn a_module_that_is_not_changed_stays_the_same() {
    // The lengths of sections are written with the fewest bytes.
    let once = Module::parse(&module(&["a"], &["b"])).expect("a module").bytes();
    assert_eq!(Module::parse(&once).expect("a module").bytes(), once);
    assert!(once.len() < module(&["a"], &["b"]).len());
    assert_eq!(
        names(&once),
        (vec!["./board_bg.js a".into(), "./split.js load".into(), "env memory".into()], vec!["b".into()])
    );
}

#[test]
fn what_is_not_a_module_is_refused() {
    let whole = module(&["a"], &["b"]);
    assert!(Module::parse(b"\0asm").is_none() && Module::parse(&whole[..whole.len() - 1]).is_none());
    assert!(shorten(SCRIPT, b"text").is_none() && without_classes(SCRIPT, b"text").is_none());
}

#[test]
fn classes_and_what_only_they_use_are_removed() {
    let exports = ["sink_close", "__wbg_sink_free", "memory", "start", "_RNvC1_now", "__heap_base"];
    let (script, module) =
        without_classes(SCRIPT, &module(&["__wbg_sink_new"], &exports)).expect("a script and a module");
    assert_eq!(names(&module).1, ["memory", "start", "_RNvC1_now"]);
    assert!(
        !script.contains("class") && !script.contains("Finalization") && !script.contains("dispose"),
        "{script}"
    );
    assert!(script.contains(
        "function _RNvC1_now_2(arg0) {\n    wasm._RNvC1_now_2(arg0);\n}\nconst { memory } = wasm.start();\n"
    ));
}

#[test]
fn functions_get_short_names_in_both_files() {
    let imports = ["__wbg_add_fedcba9876543210", "__wbg_now_0123456789abcdef"];
    let exports = ["memory", "_RNvC1_now", "_RNvC1_now_2"];
    let (script, module) = shorten(SCRIPT, &module(&imports, &exports)).expect("a script and a module");
    let (imports, exports) = names(&module);
    assert_eq!(imports, ["_ a", "_ b", "./split.js load", "env memory"]);
    assert_eq!(exports, ["memory", "$b", "$c"]);
    assert!(script.contains("        a: function() { return handleError(function (arg0) {\n            $c(arg0);\n        }, arguments); },"), "{script}");
    assert!(
        script.contains("        b: function() {\n            return now(wasm.$b);\n        },\n    };\n"),
        "{script}"
    );
    assert!(script.contains("_: import0,\n        \"./split.js\": import1,"), "{script}");
    assert!(script.contains("function $c(arg0) {\n    wasm.$c(arg0);\n}"), "{script}");
    assert!(!script.contains("__wbg_sink_new"), "{script}");
}

#[test]
fn a_script_without_a_function_that_the_module_needs_is_refused() {
    assert!(shorten(SCRIPT, &module(&["__wbg_missing"], &[])).is_none());
}

#[test]
fn short_names_are_different() {
    let names: std::collections::HashSet<String> = (0..2_000).map(short).collect();
    assert_eq!(names.len(), 2_000);
    assert_eq!(
        (short(0), short(51), short(52), short(104)),
        ("a".into(), "Z".into(), "aa".into(), "ba".into())
    );
}
