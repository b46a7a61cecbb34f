//! Ten thousand hostile values through the real readers: each arrives unchanged, or is refused.

use std::fs;
use std::process::Command;

use provision_modules::text::{Overrides, Templates};
use provision_testing::program;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct Context {
    values: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    number: usize,
    value: String,
}

const PARTS: [&str; 39] = [
    "\"",
    "'",
    "\\",
    "$",
    "%",
    "{",
    "}",
    "${",
    "%{",
    "$${",
    "%%{",
    "$(",
    "`",
    "\n",
    "\r",
    "\t",
    "#",
    "//",
    "/*",
    "*/",
    "<<EOT",
    "EOT",
    "é",
    "日本",
    "😀",
    "\u{2028}",
    "\u{7f}",
    ":",
    "- ",
    "!",
    "&x",
    "a",
    "file(\"/etc/passwd\")",
    "$(id)",
    "<{",
    "<%",
    "{{",
    "{%",
    "{#",
];

/// Numbers below a million, the same each time.
pub(crate) fn numbers() -> impl FnMut() -> usize {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap()
    }
}

/// The same values each time, made of what has a meaning somewhere.
pub(crate) fn hostile(count: usize) -> Vec<String> {
    let mut next = numbers();
    (0..count).map(|_| (0..=next() % 8).map(|_| PARTS[next() % PARTS.len()]).collect()).collect()
}

fn filled(name: &str, text: &str, values: &[String]) -> String {
    let templates = Templates::load([(name, text)], &Overrides::default()).unwrap();
    let entry = |(number, value): (usize, &String)| Entry { number, value: value.clone() };
    templates.render(name, &Context { values: values.iter().enumerate().map(entry).collect() }).unwrap()
}

#[test]
fn terraform_reads_back_what_was_written() {
    let Ok(terraform) = program("terraform") else { return };
    let values = hostile(10_000);
    let template = "locals {\n  values = [\n{% for it in values %}\n    \"{{ it.value }}\", # {{ it.value }}\n{% endfor %}\n  ]\n}\n\noutput \"values\" {\n  value = local.values\n}\n";
    let text = filled("main.tf", template, &values);
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("main.tf"), &text).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(&terraform)
            .args(arguments)
            .current_dir(place.path())
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    run(&["fmt", "-check", "-diff"]);
    run(&["apply", "-auto-approve", "-no-color"]);
    let outputs: Value = serde_json::from_slice(&run(&["output", "-json"])).unwrap();
    let back = outputs["values"]["value"].as_array().unwrap();
    assert_eq!(back.len(), values.len());
    for (value, back) in values.iter().zip(back) {
        assert_eq!(back.as_str(), Some(value.as_str()));
    }
}

#[test]
fn yaml_and_json_readers_read_back_what_was_written() {
    let values = hostile(10_000);
    let yaml = filled(
        "a.yaml",
        "values:\n<% for it in values %>\n  - \"<{ it.value }>\" # <{ it.value }>\n<% endfor %>\n",
        &values,
    );
    let back: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(back, json!({ "values": values }));
    let json_text = filled(
        "a.json",
        "[{% for it in values %}\n\"{{ it.value }}\"{% if not loop.last %},{% endif %}{% endfor %}]\n",
        &values,
    );
    assert_eq!(serde_json::from_str::<Value>(&json_text).unwrap(), json!(values));
}

#[test]
fn the_shell_reads_back_what_was_written_and_runs_nothing() {
    let values = hostile(10_000);
    let text = filled(
        "a.sh",
        "<% for it in values %>\nprintf '%s\\0' '<{ it.value }>' # <{ it.value }>\n<% endfor %>\n",
        &values,
    );
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("a.sh");
    fs::write(&script, text).unwrap();
    let output = Command::new("sh").arg(&script).output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let back: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
    assert_eq!(back.len(), values.len() + 1);
    for (value, back) in values.iter().zip(back) {
        assert_eq!(back, value.as_bytes());
    }
}

/// Units and `key=value` files take few characters: a value is refused or stands there as it is.
#[test]
fn units_and_properties_refuse_what_they_could_misread() {
    let (mut refused, mut kept) = (0, 0);
    for value in hostile(2_000) {
        for (name, text) in
            [("a.service", "[Service]\nEnvironment=\"A=<{ v }>\"\n"), ("a.properties", "a=<{ v }>\n")]
        {
            let templates = Templates::load([(name, text)], &Overrides::default()).unwrap();
            match templates.render(name, &json!({ "v": value })) {
                Ok(text) => {
                    let line = text.lines().find(|line| line.contains('=')).unwrap();
                    let expected = if name == "a.service" { value.replace('%', "%%") } else { value.clone() };
                    assert!(line.contains(&expected), "{value:?} became {line:?}");
                    kept += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 100 && kept > 100, "{refused} refused, {kept} kept");
}
