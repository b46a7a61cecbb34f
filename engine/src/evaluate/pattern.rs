//! `regex`, with RE2's meaning: Terraform's engine and ours agree but for a few spots, which are translated here.

use regex::RegexBuilder;

use crate::{Attributes, Value};

/// The match, or what its groups caught: a list, or an object when they have names.
pub(super) fn find(pattern: &str, text: &str) -> Result<Value, String> {
    let regex = RegexBuilder::new(&translated(pattern))
        .size_limit(1 << 20)
        .build()
        .map_err(|error| format!("this is no regular expression: {error}"))?;
    let found = regex.captures(text).ok_or_else(|| "the pattern doesn't match".to_owned())?;
    let group = |index: usize| found.get(index).map_or(Value::Null, |group| Value::text(group.as_str()));
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    match names.iter().flatten().count() {
        _ if names.is_empty() => Ok(group(0)),
        0 => Ok(Value::List((1..=names.len()).map(group).collect())),
        named if named == names.len() => Ok(Value::Map(
            names
                .iter()
                .enumerate()
                .filter_map(|(i, n)| Some(((*n)?.to_owned(), group(i + 1))))
                .collect::<Attributes>(),
        )),
        _ => Err("either all groups have names or none".to_owned()),
    }
}

/// In RE2 the classes `\d \w \s \b` know ASCII only, and inside brackets `[`, `&&`, `--`, `~~` are plain characters.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('Q') => quoted = true,
                Some('E') => quoted = false,
                Some(_) if quoted => out.push_str("\\\\"),
                Some(class) => out.push_str(&ascii_class(class)),
                None => out.push('\\'),
            },
            c if quoted => out.push_str(&regex::escape(&c.to_string())),
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    out.push_str("\\]");
                }
            }
            '[' if chars.peek() == Some(&':') => {
                out.push('[');
                // `[:alpha:]` to its end.
                for inner in chars.by_ref() {
                    out.push(inner);
                    if inner == ']' {
                        break;
                    }
                }
            }
            '[' => out.push_str("\\["),
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn ascii_class(class: char) -> String {
    match class {
        'd' => "[0-9]".to_owned(),
        'D' => "[^0-9]".to_owned(),
        'w' => "[0-9A-Za-z_]".to_owned(),
        'W' => "[^0-9A-Za-z_]".to_owned(),
        's' => "[\\t\\n\\f\\r ]".to_owned(),
        'S' => "[^\\t\\n\\f\\r ]".to_owned(),
        'b' => "(?-u:\\b)".to_owned(),
        'B' => "(?-u:\\B)".to_owned(),
        other => format!("\\{other}"),
    }
}
