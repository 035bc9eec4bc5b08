//! The runtime clients for Node.js and Python, which are part of this program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Path and content of each file.
const FILES: [(&str, &str); 22] = [
    ("node/bootstrap.cjs", include_str!("../../clients/node/bootstrap.cjs")),
    ("node/connection.cjs", include_str!("../../clients/node/connection.cjs")),
    ("node/context.cjs", include_str!("../../clients/node/context.cjs")),
    ("node/errors.cjs", include_str!("../../clients/node/errors.cjs")),
    ("node/handler.cjs", include_str!("../../clients/node/handler.cjs")),
    ("node/invocation.cjs", include_str!("../../clients/node/invocation.cjs")),
    ("node/log.cjs", include_str!("../../clients/node/log.cjs")),
    ("node/preload.cjs", include_str!("../../clients/node/preload.cjs")),
    ("node/resolve-hooks.mjs", include_str!("../../clients/node/resolve-hooks.mjs")),
    ("node/resolve.cjs", include_str!("../../clients/node/resolve.cjs")),
    ("node/runtime-api.cjs", include_str!("../../clients/node/runtime-api.cjs")),
    ("node/stream.cjs", include_str!("../../clients/node/stream.cjs")),
    ("python/bootstrap.py", include_str!("../../clients/python/bootstrap.py")),
    ("python/sitecustomize.py", include_str!("../../clients/python/sitecustomize.py")),
    (
        "python/tickertape_lambda/__init__.py",
        include_str!("../../clients/python/tickertape_lambda/__init__.py"),
    ),
    (
        "python/tickertape_lambda/context.py",
        include_str!("../../clients/python/tickertape_lambda/context.py"),
    ),
    ("python/tickertape_lambda/errors.py", include_str!("../../clients/python/tickertape_lambda/errors.py")),
    (
        "python/tickertape_lambda/handler.py",
        include_str!("../../clients/python/tickertape_lambda/handler.py"),
    ),
    ("python/tickertape_lambda/log.py", include_str!("../../clients/python/tickertape_lambda/log.py")),
    ("python/tickertape_lambda/loop.py", include_str!("../../clients/python/tickertape_lambda/loop.py")),
    (
        "python/tickertape_lambda/runtime_api.py",
        include_str!("../../clients/python/tickertape_lambda/runtime_api.py"),
    ),
    ("python/tickertape_redirect.py", include_str!("../../clients/python/tickertape_redirect.py")),
];

/// Name of the empty file.
const EMPTY: &str = "no-profiles";

/// The folder with the runtime clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients(PathBuf);

impl Clients {
    /// Writes the files below a folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn write(folder: &Path) -> io::Result<Self> {
        for (path, content) in FILES {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, content)?;
        }
        fs::write(folder.join(EMPTY), "")?;
        Ok(Self(folder.to_owned()))
    }

    /// Returns an empty file, which takes the place of the person's files with profiles of AWS.
    pub fn empty(&self) -> PathBuf {
        self.0.join(EMPTY)
    }

    /// Writes a program that runs a handler in Node.js and has the name of its function, which debuggers show.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn node_named(&self, function: &str) -> io::Result<PathBuf> {
        let folder = self.0.join("node/named");
        fs::create_dir_all(&folder)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
        let file = folder.join(format!("{}.cjs", function.chars().map(plain).collect::<String>()));
        fs::write(&file, "require('../bootstrap.cjs')\n")?;
        Ok(file)
    }

    /// Returns the module that redirects connections of Node.js.
    pub fn node_preload(&self) -> PathBuf {
        self.0.join("node/preload.cjs")
    }

    /// Returns the program that runs a handler in Node.js.
    pub fn node(&self) -> PathBuf {
        self.0.join("node/bootstrap.cjs")
    }

    /// Returns the folder of the modules for Python.
    pub fn python_folder(&self) -> PathBuf {
        self.0.join("python")
    }

    /// Returns the program that runs a handler in Python.
    pub fn python(&self) -> PathBuf {
        self.0.join("python/bootstrap.py")
    }
}
