//! Tests the session in the way in which a program uses it: inputs are passed in, effects and events come out, and the
//! test controls the clock.

mod conflated;
mod epochs;
mod harness;
mod liveness;
mod model;
mod numbers;
mod past;
mod publishing;
mod recovery;
mod rotation;
mod states;

use harness::Harness;
