//! The gateway from outside, over real sockets. One binary, so that it links once.

mod authorizer;
mod chaos;
mod closing;
mod delivery;
mod fidelity;
mod handshake;
mod hostile;
mod management;
mod messages;
mod sdk;
mod server;
mod support;
