//! Tera, set up so that no template can switch the escaping off or run for long.

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::file_type::FileType;
use super::marks::mark;

const LONGEST_RANGE: i128 = 1_000;

/// Filters whose result Tera takes for safe text: with them a template could switch the escaping off.
const REFUSED_FILTERS: [&str; 5] = ["safe", "escape", "escape_html", "escape_xml", "newlines_to_br"];

/// An engine without templates, for files of one type.
pub(super) fn engine(file_type: FileType) -> Result<Tera, Error> {
    let mut engine = Tera::new();
    engine.set_delimiters(file_type.delimiters())?;
    engine.set_escape_fn(mark);
    engine.autoescape_on([""]);
    for filter in REFUSED_FILTERS {
        engine.register_filter(filter, move |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Err(Error::message(format!("`{filter}` would switch the escaping off: templates can't")))
        });
    }
    engine.register_filter("ident", |name: &str, _: Kwargs, _: &State| -> TeraResult<Value> {
        identifier(name)
    });
    engine.register_function("range", |arguments: Kwargs, _: &State| -> TeraResult<Vec<i128>> {
        let start = arguments.get::<i128>("start")?.unwrap_or_default();
        let end = arguments.must_get::<i128>("end")?;
        if !(0..=LONGEST_RANGE).contains(&end.saturating_sub(start)) {
            return Err(Error::message(format!("a range has between 0 and {LONGEST_RANGE} numbers")));
        }
        Ok((start..end).collect())
    });
    Ok(engine)
}

/// A part of a reference, `aws_vpc.{{ vpc.local | ident }}.id`: nothing but a name passes.
fn identifier(name: &str) -> TeraResult<Value> {
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_name && !name.is_empty() {
        Ok(Value::safe_string(name))
    } else {
        Err(Error::message(format!(
            "{name:?} is no name: a part of a reference holds letters, digits and `_`"
        )))
    }
}
