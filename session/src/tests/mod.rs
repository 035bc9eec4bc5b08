//! The session as its shells see it: things go in, effects and events come out, and the clock is ours.

mod epochs;
mod harness;
mod liveness;
mod model;
mod publishing;
mod recovery;
mod rotation;
mod states;

use harness::Harness;
