//! Tests of the crate from outside: descriptions, and the apps that they mean. They are one test program, because
//! linking takes most of the build time.

mod api;
mod booleans;
mod bounds;
mod cdk;
mod conditions;
mod distributions;
mod finding;
mod functions;
mod intrinsics;
mod mappings;
mod mistakes;
mod parameters;
mod sam;
mod samples;
mod serverless;
mod serverless_variables;
mod storage;
mod support;
mod unsupported;
