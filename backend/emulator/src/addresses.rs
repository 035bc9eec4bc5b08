//! The addresses of an app that runs.

use std::collections::BTreeMap;

use crate::api::deployed::Deployed;
use crate::api::distributions::Served;
use crate::api::urls::BoundUrl;
use crate::functions::prepare::Runnable;

/// The addresses of an app that runs, and the functions that cannot run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// WebSocket addresses, one for each stage of each API.
    pub apis: Vec<ApiAddress>,
    /// Addresses of functions that can be invoked with HTTP.
    pub function_urls: Vec<FunctionAddress>,
    /// Addresses of distributions.
    pub distributions: Vec<DistributionAddress>,
    /// Addresses of services of AWS, for AWS's own tools.
    pub services: ServiceAddresses,
    /// Addresses of debuggers.
    pub debuggers: Vec<FunctionAddress>,
    /// Values of the section `Outputs`, in which the addresses of the app on AWS are replaced by those on this machine.
    pub outputs: BTreeMap<String, String>,
    /// Reasons why functions cannot run, by the functions' names.
    pub broken: BTreeMap<String, String>,
    /// Sentences about parts of the app that have no effect here, besides those that the notes of the description name.
    pub not_done: Vec<String>,
}

/// Address of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAddress {
    /// Name of the API in the description.
    pub api: String,
    /// Name of the stage.
    pub stage: String,
    /// Address, such as `ws://127.0.0.1:3001/prod`.
    pub url: String,
}

/// An address of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionAddress {
    /// Name of the function.
    pub function: String,
    /// The address.
    pub url: String,
}

/// Address of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionAddress {
    /// Name of the distribution in the description.
    pub distribution: String,
    /// The address, such as `http://127.0.0.1:3002/`.
    pub url: String,
}

/// Addresses that AWS's tools accept as `--endpoint-url`, such as `http://127.0.0.1:40123`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceAddresses {
    /// Address of Lambda, which answers Invoke.
    pub lambda: String,
    /// Address of DynamoDB, if the app has a table.
    pub dynamodb: Option<String>,
    /// Address of SQS, if the app has a queue.
    pub sqs: Option<String>,
}

impl ApiAddress {
    pub(crate) fn of(deployed: &Deployed) -> Self {
        Self { api: deployed.logical_id.clone(), stage: deployed.stage.clone(), url: deployed.url.clone() }
    }
}

impl DistributionAddress {
    pub(crate) fn of(served: &Served) -> Self {
        Self { distribution: served.name.clone(), url: format!("http://{}/", served.address) }
    }
}

impl FunctionAddress {
    /// Returns the address of a function URL.
    pub(crate) fn of_url(bound: &BoundUrl) -> Option<Self> {
        let address = bound.listener.local_addr().ok()?;
        Some(Self { function: bound.function.clone(), url: format!("http://{address}/") })
    }

    /// Returns the address of a function's debugger.
    pub(crate) fn of_debugger(runnable: &Runnable) -> Option<Self> {
        let port = runnable.debugger?;
        Some(Self { function: runnable.function.name.clone(), url: format!("127.0.0.1:{port}") })
    }
}
