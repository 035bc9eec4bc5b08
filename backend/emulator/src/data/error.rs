//! Errors of tables, queues and mappings.

use serverless_app::Place;

use super::mapping::FilterError;

/// The reason why the tables, queues or mappings of an app cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A program is missing and could not be installed.
    #[error("{needed_by} needs {program}, which was not found. {install}")]
    MissingProgram {
        /// The part that needs the program, such as `the tables of the app`.
        needed_by: &'static str,
        /// The program that is missing.
        program: String,
        /// A sentence on how to install it.
        install: String,
    },
    /// The installation of a program failed.
    #[error("{program} could not be installed, because `{command}` failed:\n{output}")]
    NotInstalled {
        /// The program.
        program: String,
        /// The command that failed.
        command: String,
        /// The end of the command's output.
        output: String,
    },
    /// A service could not be started.
    #[error("{service} could not be started: {reason}")]
    NotStarted {
        /// Name of the service.
        service: &'static str,
        /// The reason, with the end of the output.
        reason: String,
    },
    /// A service ended while the app ran.
    #[error("{service} ended ({status}), and what it had is gone: start the app again")]
    Ended {
        /// Name of the service.
        service: &'static str,
        /// Description of the end, such as `exit status: 1`.
        status: String,
    },
    /// A service refused to create a table or a queue of the description.
    #[error("{place}: {service} does not accept {resource}: {message}")]
    Refused {
        /// Place of the table or queue in the description.
        place: Place,
        /// Name of the service.
        service: &'static str,
        /// The table or queue, such as `the table rooms`.
        resource: String,
        /// The message of the service.
        message: String,
    },
    /// The data folder has a table of the same name with other keys or indexes.
    #[error(
        "{place}: the table {table} in the data folder has {difference} than the description: delete {file}, with all data in it, or start \
         with another data folder"
    )]
    OtherTable {
        /// Place of the table in the description.
        place: Place,
        /// Name of the table.
        table: String,
        /// The difference, such as `another key`.
        difference: String,
        /// The file with the data.
        file: String,
    },
    /// A filter pattern of a mapping is not valid.
    #[error("{place}: {error}")]
    Filter {
        /// Place of the mapping in the description.
        place: Place,
        /// The mistake.
        error: FilterError,
    },
    /// A mapping reads a stream or a queue that the app does not have, or that is not there.
    #[error("{place}: the event source mapping {mapping} cannot read {from}: {reason}")]
    Unreadable {
        /// Place of the mapping in the description.
        place: Place,
        /// Name of the mapping.
        mapping: String,
        /// The stream or the queue, such as `the stream of the table rooms`.
        from: String,
        /// The reason.
        reason: String,
    },
    /// A file or a folder cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or the folder.
        path: String,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

impl DataError {
    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }
}
