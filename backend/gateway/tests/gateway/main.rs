//! Tests of the gateway over real sockets. They are compiled as one program, since linking several would take longer.

mod api;
mod app;
mod authorizer;
mod autobahn;
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
mod settings;
mod shares;
mod support;
