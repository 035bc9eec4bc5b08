//! What the template says, against what the code says. One program, because linking what they compare takes longest.

mod alarms;
mod environment;
mod limits;
mod page;
mod permissions;
mod readme;
mod routes;
mod tables;
