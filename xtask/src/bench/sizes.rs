//! Measures the sizes of the Lambda functions as zip archives. They are uploaded in this form.

use crate::deploy;
use crate::error::TaskError;
use crate::function_names::FUNCTIONS;
use crate::lambda_local;
use crate::project::Project;
use crate::terminal::human_bytes;
use crate::tools;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

/// Prints the zipped size of each of our functions, and of `hello`, a function that does nothing. Each is measured as
/// built for this machine and, if a deployment was built before, as built for arm64.
pub fn print(project: &Project, hello: &Path) -> Result<(), TaskError> {
    println!("{:16} {:>12} {:>16}", "zipped", "this machine", "arm64, deployed");
    println!("{}", line("hello", zipped_bytes(hello)?, None));
    for name in FUNCTIONS {
        let built = lambda_local::functions(project).join(name).join("bootstrap");
        let deployed = fs::metadata(deploy::zip(project, name)).ok().map(|file| file.len());
        println!("{}", line(name, zipped_bytes(&built)?, deployed));
    }
    Ok(())
}

fn line(name: &str, here: Option<u64>, deployed: Option<u64>) -> String {
    let words = |bytes: Option<u64>| bytes.map_or("not measured".to_owned(), human_bytes);
    format!("{name:16} {:>12} {:>16}", words(here), words(deployed))
}

/// Returns the size of one file in bytes after compression with gzip, or `None` if gzip is not installed. gzip uses the
/// same algorithm (deflate) as a zip archive.
fn zipped_bytes(file: &Path) -> Result<Option<u64>, TaskError> {
    let Some(gzip) = tools::on_path("gzip") else { return Ok(None) };
    let doing = || TaskError::while_doing(format!("zipping {}", file.display()));
    let mut child = Command::new(gzip).arg("-c").arg(file).stdout(Stdio::piped()).spawn().map_err(doing())?;
    let mut zipped = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut zipped).map_err(doing())?;
    }
    let status = child.wait().map_err(doing())?;
    Ok(status.success().then_some(zipped.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_not_built_is_shown_as_not_measured() {
        assert_eq!(line("ingest", Some(5_200_000), None), "ingest                 5.2 MB     not measured");
        assert_eq!(line("hello", None, Some(812)), "hello            not measured            812 B");
    }
}
