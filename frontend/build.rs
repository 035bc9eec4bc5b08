//! Prepares the splitting of the page's code, if it will be split: with `cfg(split)`, parts are marked, and the linker keeps relocations,
//! by which the tool that splits the code finds out which function uses which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(split)");
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_none() {
        return;
    }
    println!("cargo::rustc-cfg=split");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
