//! Faults planted in good plans for machines on Google Cloud and Azure: each expectation notices the one that it is there
//! for.

mod azure;
mod google;

use serde_json::{Value as Json, json};

use super::checker::{Check, Checker};
use super::clouds;
use super::plan::Plan;
use crate::matrix::everything;

/// What is done to a good plan, and what is then said.
type Fault = (Edit, &'static str);

/// A resource is named by its kind, or by its kind and its name: `aws_lb`, `aws_lb.main`; of several the last is meant.
enum Edit {
    /// A planned value of a resource: where it stands, and what is there instead.
    Value(&'static str, &'static str, &'static str),
    /// A resource is gone.
    Gone(&'static str),
    /// What an argument refers to: where it is written, and what it refers to instead.
    Refers(&'static str, &'static str, &'static [&'static str]),
    /// A resource waits for nothing.
    WaitsForNothing(&'static str),
}

/// Every fault is noticed in the plan of a directory which has none.
fn notices(name: &str, faults: &[Fault]) {
    let Some(checker) = Checker::find() else { return };
    let job = everything().iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no {name}"));
    let plan = checker.check(&job.directory, Check::Plan).unwrap();
    assert_eq!(clouds::problems(&Plan::new(&plan), &job.topology), Vec::<String>::new());
    let mut missed = Vec::new();
    for (edit, said) in faults {
        let mut damaged = plan.clone();
        let what = edit.plant(&mut damaged);
        let problems = clouds::problems(&Plan::new(&damaged), &job.topology);
        if !problems.iter().any(|problem| problem.contains(said)) {
            missed.push(format!("{what}: nobody said `{said}`, but {problems:?}"));
        }
    }
    assert!(missed.is_empty(), "{name}:\n{}", missed.join("\n"));
}

impl Edit {
    /// Where it was planted.
    fn plant(&self, plan: &mut Json) -> String {
        match self {
            Self::Value(resource, pointer, value) => {
                let what = format!("{resource}{pointer}");
                let values = &mut find(plan, "planned_values", resource)["values"];
                let at = values.pointer_mut(pointer).unwrap_or_else(|| panic!("no {what}"));
                let instead: Json = serde_json::from_str(value).unwrap();
                assert_ne!(*at, instead, "{what} is so already");
                *at = instead;
                what
            }
            Self::Gone(resource) => {
                let list = resources(plan, "planned_values");
                let at =
                    list.iter().rposition(|it| is(it, resource)).unwrap_or_else(|| panic!("no {resource}"));
                list.remove(at);
                format!("no {resource}")
            }
            Self::Refers(resource, pointer, references) => {
                let what = format!("what {resource}{pointer} refers to");
                let written = &mut find(plan, "configuration", resource)["expressions"];
                let at = written.pointer_mut(pointer).unwrap_or_else(|| panic!("no {what}"));
                assert!(at["references"].is_array(), "{what}: {at}");
                at["references"] = json!(references);
                what
            }
            Self::WaitsForNothing(resource) => {
                let written = find(plan, "configuration", resource);
                assert!(written["depends_on"].is_array(), "{resource} waits for nothing already");
                written["depends_on"] = json!([]);
                format!("{resource} waits for nothing")
            }
        }
    }
}

fn resources<'a>(plan: &'a mut Json, part: &str) -> &'a mut Vec<Json> {
    plan[part]["root_module"]["resources"].as_array_mut().unwrap()
}

fn find<'a>(plan: &'a mut Json, part: &str, resource: &str) -> &'a mut Json {
    let found = resources(plan, part).iter_mut().rfind(|it| is(it, resource));
    found.unwrap_or_else(|| panic!("no {resource}"))
}

fn is(found: &Json, resource: &str) -> bool {
    let (kind, name) = resource.split_once('.').map_or((resource, None), |(kind, name)| (kind, Some(name)));
    found["type"] == kind && name.is_none_or(|name| found["name"] == name)
}
