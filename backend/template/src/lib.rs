//! Reads the description by which a serverless WebSocket app is deployed (SAM, CloudFormation, the output of CDK or a
//! `serverless.yml`) into an [`App`]: routes, functions, tables, queues and event sources, with all references resolved.
//!
//! The crate is pure. Files come from the caller ([`Files`]), and so do the account and the region ([`Surroundings`]) and
//! the values of parameters ([`Settings`]). It neither builds nor runs code.
//!
//! Nothing is dropped silently. Whatever the crate does not understand, or what means nothing on one machine, is a
//! [`Note`] with its place. A mistake in the description is an [`Error`] with its place and with words on what to write
//! instead.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use serverless_app::{Settings, read};
//!
//! let template = "
//! Transform: AWS::Serverless-2016-10-31
//! Resources:
//!   Chat:
//!     Type: AWS::Serverless::WebSocketApi
//!     Properties:
//!       RouteSelectionExpression: $request.body.action
//!       Routes: { $default: { FunctionArn: !GetAtt Handler.Arn } }
//!   Handler:
//!     Type: AWS::Serverless::Function
//!     Properties: { CodeUri: src/, Handler: app.handler, Runtime: python3.13 }
//! ";
//! let files = BTreeMap::from([("template.yaml".to_owned(), template.to_owned())]);
//! let app = read("template.yaml", &files, &Settings::default())?;
//! assert_eq!(app.apis[0].routes[0].key, "$default");
//! assert_eq!(app.functions[0].handler.as_deref(), Some("app.handler"));
//! # Ok::<(), serverless_app::Error>(())
//! ```
//!
//! # Layout
//!
//! * `open` finds the description at a path. `document` parses YAML and JSON into values with places (`node`).
//! * `stack` takes a template apart. `sam` and `serverless` expand their resources to those of CloudFormation, so that
//!   there is one way from resources to the app.
//! * `evaluate` evaluates functions such as `!Sub` and `!If`.
//! * `build` makes the app of the resources. `known` has the tables of types and properties.

#![warn(missing_docs)]

mod app;
mod budget;
mod build;
mod dialect;
mod document;
mod error;
mod evaluate;
mod files;
mod known;
mod node;
mod open;
mod place;
mod sam;
mod serverless;
mod settings;
mod stack;
mod surroundings;
mod words;

pub use app::*;
pub use error::Error;
pub use files::Files;
pub use open::read;
pub use place::Place;
pub use settings::Settings;
pub use surroundings::Surroundings;
