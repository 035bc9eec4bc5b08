//! `moto`, which emulates SQS.

use crate::python::PythonTool;

/// The Python package that emulates SQS, with what its server needs.
pub const MOTO: PythonTool = PythonTool {
    package: "moto",
    requirements: include_str!("../packages/moto.txt"),
    programs: &["python", "moto_server"],
};
