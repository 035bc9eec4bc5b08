//! Prepares all functions of an app.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serverless_app::App;

use crate::functions::code::FoundCode;
use crate::functions::interpreter::Interpreter;
use crate::functions::packages::{PackageStore, Packages};
use crate::functions::prepare::{Preparation, Runnable};
use crate::functions::runtime::Family;
use crate::watcher::Watcher;

/// Finds Node.js, if a function needs it.
pub async fn node(app: &App) -> Option<Interpreter> {
    let family = |runtime: &Option<String>| Family::of(runtime.as_deref().unwrap_or_default());
    if app.functions.iter().any(|function| family(&function.runtime) == Family::Node) {
        Interpreter::node().await
    } else {
        None
    }
}

/// Finds Python for each runtime that a function has.
pub async fn pythons(app: &App) -> BTreeMap<String, Interpreter> {
    let mut pythons = BTreeMap::new();
    for runtime in app.functions.iter().filter_map(|function| function.runtime.as_deref()) {
        if Family::of(runtime) == Family::Python
            && !pythons.contains_key(runtime)
            && let Some(python) = Interpreter::python(runtime).await
        {
            pythons.insert(runtime.to_owned(), python);
        }
    }
    pythons
}

/// Prepares all functions. Returns those that can run, and the reasons why the others cannot, by their names.
pub fn prepare(
    app: &App,
    code: Vec<Result<FoundCode, String>>,
    preparation: &mut Preparation<'_>,
    watcher: &dyn Watcher,
) -> (Vec<Runnable>, BTreeMap<String, String>) {
    let (mut runnable, mut broken) = (Vec::new(), BTreeMap::new());
    let mut remarks: Vec<String> = Vec::new();
    for (index, (function, code)) in app.functions.iter().zip(code).enumerate() {
        match preparation.prepare(index, function, code) {
            Ok(prepared) => {
                remarks.extend(prepared.remarks.iter().cloned());
                runnable.push(prepared);
            }
            Err(reason) => drop(broken.insert(function.name.clone(), reason)),
        }
    }
    remarks.sort();
    remarks.dedup();
    remarks.iter().for_each(|remark| watcher.notice(remark));
    (runnable, broken)
}

/// Finds or installs the packages of the runtimes that functions import and do not have. If that fails, functions run without
/// them, and a notice tells it.
pub async fn packages(
    app: &App,
    code: &[Result<FoundCode, String>],
    pythons: &BTreeMap<String, Interpreter>,
    data_dir: &Path,
    watcher: &dyn Watcher,
) -> Packages {
    let folders = |family: Family| -> Vec<PathBuf> {
        let is_of = |runtime: &Option<String>| Family::of(runtime.as_deref().unwrap_or_default()) == family;
        let of_family = app.functions.iter().zip(code).filter(|(function, _)| is_of(&function.runtime));
        let found = of_family.filter_map(|(_, code)| code.as_ref().ok());
        let mut all: Vec<_> =
            found.flat_map(|code| [Some(code.folder.clone()), code.opt.clone()]).flatten().collect();
        all.sort();
        all.dedup();
        all
    };
    let directory = data_dir.join("packages");
    let store = PackageStore { directory: &directory, notice: &|text| watcher.notice(text) };
    let or_none = |found: Result<PathBuf, String>| {
        found.unwrap_or_else(|reason| {
            watcher.notice(&format!("packages of Lambda's runtime are missing: {reason}"));
            directory.join("none")
        })
    };
    let node = or_none(store.node(&folders(Family::Node)).await);
    let python = match pythons.values().next() {
        Some(python) => or_none(store.python(&folders(Family::Python), python).await),
        None => directory.join("none"),
    };
    Packages { node, python }
}
