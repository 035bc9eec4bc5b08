//! The benchmark of `tickertape emulate`.

use super::command::{from_outside, measure};
use super::serverless;
use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::{self, DynamoDbLocal};

/// Measures `tickertape emulate`, and serverless-offline with the same app if npm can install it.
pub fn emulate(project: &Project) -> Result<(), TaskError> {
    tools::require_interpreters(project)?;
    let tickertape = product::build_without_page(project, Profile::Release)?;
    let mut bench = from_outside(project);
    bench.arg("emulate").env("TICKERTAPE_BIN", tickertape);
    // The packages of Lambda's runtimes are installed here, and not in the data directory of the person.
    bench.env("XDG_DATA_HOME", project.target.join("xtask").join("data"));
    DynamoDbLocal::set_up(project)?.announce(&mut bench);
    if let Some(folder) = serverless::set_up(project) {
        bench.env("TICKERTAPE_SERVERLESS", folder);
    }
    measure(&mut bench)
}
