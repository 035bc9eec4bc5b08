//! The distributions of an app, ready to be served.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;

use crate::api::bound_distribution::BoundDistribution;
use crate::api::distribution::DistributionFront;
use crate::api::front::Front;
use crate::api::urls::BoundUrl;
use crate::local_names::LocalNames;

/// A distribution that is ready to be served.
pub struct Served {
    /// Name in the description.
    pub name: String,
    pub front: DistributionFront,
    pub listener: TcpListener,
    pub address: SocketAddr,
}

/// Makes distributions ready. The addresses of the app in headers that they add, such as a content security policy, become those
/// on this machine.
pub fn serve(
    bound: Vec<BoundDistribution>,
    folders: &BTreeMap<String, PathBuf>,
    urls: &[BoundUrl],
    apis: &Front,
    names: &LocalNames,
) -> Vec<Served> {
    let urls: BTreeMap<_, _> = urls.iter().map(|one| (one.function.clone(), one.url.clone())).collect();
    let served = |bound: BoundDistribution| {
        let BoundDistribution { mut distribution, listener, address } = bound;
        let headers = distribution.behaviors.iter_mut().flat_map(|behavior| &mut behavior.headers);
        headers.for_each(|header| header.value = names.replace(&header.value));
        let name = distribution.logical_id.clone();
        let front = DistributionFront::new(distribution, folders, urls.clone(), apis.clone());
        Served { name, front, listener, address }
    };
    bound.into_iter().map(served).collect()
}
