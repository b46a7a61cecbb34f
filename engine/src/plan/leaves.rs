use std::fmt;

use provision_kinds::Leaves;

use super::Plan;
use crate::driver::Live;
use crate::{Address, Attributes, Value};

/// What a deletion leaves behind on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub of: Address,
    /// `the snapshot …`
    pub what: String,
}

impl fmt::Display for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.of, self.what)
    }
}

/// The backups that the plan's deletions leave behind, from what the live objects say of themselves.
pub fn leaves(plan: &Plan, live: &[Live]) -> Vec<Backup> {
    let ending = plan.actions.iter().filter(|action| action.verb.ends_object());
    ending
        .filter_map(|action| {
            let kind = provision_kinds::kind(action.address.kind())?;
            let leaves = kind.leaves.as_ref()?;
            let object = live
                .iter()
                .find(|live| live.kind == action.address.kind() && Some(&live.id) == action.id.as_ref())?;
            left_by(leaves, &object.arguments).map(|what| Backup { of: action.address.clone(), what })
        })
        .collect()
}

/// What one object leaves behind, by its arguments.
pub(crate) fn left_by(leaves: &Leaves, arguments: &Attributes) -> Option<String> {
    let is_set = |name: &String| match arguments.get(name) {
        Some(Value::Bool(set)) => *set,
        Some(Value::Null) | None => false,
        Some(value) => crate::evaluate::as_text(value).is_some_and(|text| text != "0" && text != "false"),
    };
    if leaves.when.as_ref().is_some_and(|name| !is_set(name)) || leaves.unless.as_ref().is_some_and(is_set) {
        return None;
    }
    let mut what = leaves.what.clone();
    for (name, value) in arguments {
        let mark = format!("{{{name}}}");
        if what.contains(&mark) {
            what = what.replace(&mark, &crate::evaluate::as_text(value).unwrap_or_default());
        }
    }
    Some(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_left_where_the_arguments_say_so() {
        let leaves = Leaves {
            what: "the snapshot `{name}`".to_owned(),
            when: Some("days".to_owned()),
            unless: Some("skip".to_owned()),
        };
        let arguments = |days: i32, skip: bool| -> Attributes {
            [("name", Value::text("last")), ("days", Value::from(&days.into())), ("skip", Value::Bool(skip))]
                .map(|(name, value)| (name.to_owned(), value))
                .into()
        };
        assert_eq!(left_by(&leaves, &arguments(7, false)).as_deref(), Some("the snapshot `last`"));
        assert_eq!(left_by(&leaves, &arguments(0, false)), None);
        assert_eq!(left_by(&leaves, &arguments(7, true)), None);
    }
}
