//! Which engine a deployment belongs to: the ledger says it, and a tag on its network says it where the ledger was lost.

use crate::driver::{Driver, Live};
use crate::{Address, Attributes, Value};

/// The network's tag with the name of the engine.
pub const TAG: &str = "provision:engine";

fn carries(kind: &str) -> bool {
    provision_kinds::cloud(kind).is_some_and(|cloud| cloud.carries_owner)
}

/// The arguments with our mark, where this is a network and the driver marks them.
pub(crate) fn marked(address: &Address, attributes: &Attributes, driver: &dyn Driver) -> Attributes {
    let mut attributes = attributes.clone();
    if driver.marks_networks() && carries(address.kind()) {
        mark(&mut attributes, driver.name());
    }
    attributes
}

/// Puts the engine's name among the tags.
pub(crate) fn mark(attributes: &mut Attributes, engine: &str) {
    let mut tags = match attributes.get("tags").map(|tags| tags.unmarked().0) {
        Some(Value::Map(tags)) => tags.clone(),
        _ => Attributes::new(),
    };
    tags.insert(TAG.to_owned(), Value::text(engine));
    attributes.insert("tags".to_owned(), Value::Map(tags));
}

/// Whether the object says whose the deployment is.
pub(crate) fn is_network(live: &Live) -> bool {
    live.ours && carries(&live.kind)
}

/// What it says.
fn on(network: &Live) -> Option<&str> {
    network.arguments.get("tags")?.unmarked().0.as_map()?.get(TAG)?.as_text()
}

/// Who else it is that a deployment belongs to: the ledger says it, and where that says nothing, what lives. A network
/// without a mark was made by none that marks.
pub fn other(recorded: Option<&str>, live: &[Live], driver: &dyn Driver) -> Option<String> {
    if recorded.is_some() || !driver.marks_networks() {
        return recorded.filter(|owner| *owner != driver.name()).map(str::to_owned);
    }
    let networks = live.iter().filter(|live| is_network(live));
    let mut owners = networks.map(|network| on(network).unwrap_or("terraform"));
    owners.find(|owner| *owner != driver.name()).map(str::to_owned)
}
