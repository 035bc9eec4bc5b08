//! Makes the linker keep relocations if the page's code will be split. The tool that splits it finds out by them which
//! function uses which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let target = std::env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    if is_set("CARGO_FEATURE_SPLIT") && target == "wasm" {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
