//! Tests that compare the SAM template with the code. They are one test program, because linking takes most of the
//! build time.

mod alarms;
mod app;
mod bounds;
mod environment;
mod limits;
mod page;
mod permissions;
mod readme;
mod routes;
mod tables;
