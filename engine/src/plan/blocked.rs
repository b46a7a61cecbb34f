//! What has to be decided, or done first, before an object may end.

use super::{Action, Options};
use crate::driver::Live;
use crate::load::Resource;
use crate::load::expression::{Root, Shape};
use crate::{Address, Value};

/// Why the action can't be done as it stands; nothing where it can.
pub(super) fn blocked(
    action: &Action,
    resource: Option<&Resource>,
    live: Option<&Live>,
    options: &Options,
) -> Option<String> {
    if !action.verb.ends_object() {
        return None;
    }
    if resource.is_some_and(|resource| resource.lifecycle.prevent_destroy) {
        return Some("`prevent_destroy` is set".to_owned());
    }
    if let Some(argument) = live.and_then(protection) {
        let variable = resource.and_then(|resource| variable(resource, argument));
        return Some(while_protected(argument, variable));
    }
    (action.holds_data && !options.allow_data_loss.contains(&action.address))
        .then(|| without_consent(&action.address))
}

/// What `argument`, which `variable` may give its value, asks for before the object may go.
pub(crate) fn while_protected(argument: &str, variable: Option<&str>) -> String {
    let first = match variable {
        Some(variable) => format!("apply with `--var {variable}=false` first"),
        None => "apply it as false first".to_owned(),
    };
    format!("the cloud refuses while `{argument}` is set; {first}")
}

pub(crate) fn without_consent(address: &Address) -> String {
    format!("it holds data; `--allow-data-loss={address}` allows it")
}

/// The argument with which the cloud refuses to delete the object, where that is set.
fn protection(live: &Live) -> Option<&'static str> {
    let argument = provision_kinds::kind(&live.kind)?.protected_by.as_deref()?;
    (live.arguments.get(argument) == Some(&Value::Bool(true))).then_some(argument)
}

/// The variable that an argument takes its value from.
fn variable<'a>(resource: &'a Resource, argument: &str) -> Option<&'a str> {
    let attribute = resource.body.attributes.iter().find(|attribute| attribute.name == argument)?;
    match &attribute.value.shape {
        Shape::Reference(reference) if reference.steps.is_empty() => match &reference.root {
            Root::Variable(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}
