use std::collections::BTreeMap;
use std::process::Command;

use super::*;
use crate::load::{Files, load};

fn directory(text: &str) -> (Files, Directory) {
    let entries = [("main.tf", text), ("hosts/unit", "line\n\u{65}\u{301}\n")];
    let files = Files::in_memory(
        entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect(),
    );
    let directory = load(&files).unwrap();
    (files, directory)
}

fn output(text: &str) -> Result<Value, Problem> {
    let (files, directory) = directory(&format!("{text}\n"));
    let variables = resolve_variables(&directory, &files, &Given::default()).unwrap();
    Scope::new(&directory, &files, &variables).evaluate(&directory.outputs["o"].value)
}

fn of(expression: &str) -> Result<Value, Problem> {
    output(&format!("output \"o\" {{\n  value = {expression}\n}}"))
}

fn shown(expression: &str) -> String {
    match of(expression) {
        Ok(value) => value.shown().to_string(),
        Err(problem) => format!("error: {}", problem.what),
    }
}

/// Expressions on which our evaluator and the real one must agree.
const SAME_AS_TERRAFORM: &[&str] = &[
    r#"jsonencode({ b = 1, a = "<>&\u2028\"\\ é", c = [true, null, 1.50], "z y" = {} })"#,
    r#"jsonencode("\t\n\r")"#,
    r#"jsonencode({ d = 0.1, e = 1e-7, g = 12345678901 })"#,
    r#"base64encode("héllo")"#,
    r#"length("e\u0301👩‍👩‍👧")"#,
    "length([1, 2])",
    "length({ a = 1 })",
    r#"contains(["a", "b"], "b")"#,
    r#"contains([1, 2], "2")"#,
    r#"can(regex("^a+$", "aaa"))"#,
    r#"can(regex("^a+$", "b"))"#,
    r#"regex("[a-z]+", "53453453.345345aaabbbccc23454")"#,
    r#"jsonencode(regex("(\\d+)-(\\d+)", "x 12-34"))"#,
    r#"jsonencode(regex("^(?P<scheme>[^:/?#]+):", "https://a"))"#,
    r#"can(regex("\\d", "٣"))"#,
    r#"can(regex("^[[a]$", "["))"#,
    r#"can(regex("^[[:alpha:]]$", "x"))"#,
    r#"regex("[^\\s/]+", "a b")"#,
    "0.1 + 0.2",
    "7 % 3",
    "-7 % 3",
    "1 / 4",
    "\"5\" + 1",
    "1 == \"1\"",
    "!false && (1 < 2 || 3 >= 4)",
    "true ? 1 : \"a\"",
    "\"${1 == 1 ? \"yes\" : \"no\"}-$${x}-%%{y}\"",
    "\"a${~ \"b\" ~}  c\"",
    "[1, \"a\"][1]",
    "{ a = { b = 2 } }.a.b",
    "1 == 1 ? \"x\" : tostring(1 / 0)",
];

#[test]
fn agrees_with_the_real_terraform() {
    let Ok(terraform) = provision_testing::program("terraform") else { return };
    let folder = tempfile::tempdir().unwrap();
    // Literal values can't be indexed in the subset, and functions outside it are only for Terraform.
    let cases: Vec<&&str> = SAME_AS_TERRAFORM
        .iter()
        .filter(|case| !case.contains("][") && !case.contains("}.") && !case.contains("tostring"))
        .collect();
    let outputs: String = cases
        .iter()
        .enumerate()
        .map(|(index, case)| format!("output \"o{index}\" {{\n  value = jsonencode({case})\n}}\n"))
        .collect();
    std::fs::write(folder.path().join("main.tf"), outputs).unwrap();
    let run = |arguments: &[&str]| {
        Command::new(&terraform)
            .args(arguments)
            .current_dir(folder.path())
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .output()
            .unwrap()
    };
    let applied = run(&["apply", "-auto-approve", "-no-color"]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let theirs: serde_json::Value = serde_json::from_slice(&run(&["output", "-json"]).stdout).unwrap();
    for (index, case) in cases.iter().enumerate() {
        let ours = of(&format!("jsonencode({case})")).unwrap();
        assert_eq!(ours.as_text(), theirs[format!("o{index}")]["value"].as_str(), "{case}");
    }
}

#[test]
fn heredocs_lose_their_indent_like_terraforms() {
    let text = "output \"o\" {\n  value = <<-EOT\n    a\n      b ${1 + 1}\n    \\n\n  EOT\n}";
    assert_eq!(output(text).unwrap(), Value::text("a\n  b 2\n\\n\n"));
}

#[test]
fn files_are_read_beside_the_module_and_normalised() {
    assert_eq!(of(r#"file("${path.module}/hosts/unit")"#).unwrap(), Value::text("line\n\u{e9}\n"));
    assert!(shown(r#"file("hosts/unit")"#).contains("path.module"));
    assert!(shown(r#"file("${path.module}/../x")"#).contains("leads out"));
    assert!(shown(r#"file("./hosts/none")"#).contains("doesn't exist"));
}

#[test]
fn what_is_unknown_says_what_it_waits_for() {
    let (files, directory) = directory(
        "resource \"aws_vpc\" \"v\" {\n  cidr = \"x\"\n}\nlocals {\n  l = [aws_vpc.v.id, 1]\n}\n\
         output \"o\" {\n  value = \"${local.l[0]}/${local.l[1]}\"\n}\noutput \"p\" {\n  value = local.l[1]\n}",
    );
    let variables = Variables::new();
    let scope = Scope::new(&directory, &files, &variables);
    let vpc = Address::new("aws_vpc", "v");
    let o = || scope.evaluate(&directory.outputs["o"].value).unwrap();
    assert_eq!(o(), Value::Unknown(BTreeSet::from([vpc.clone()])));
    assert_eq!(scope.evaluate(&directory.outputs["p"].value).unwrap(), Value::Number(1.0));
    let attributes = Attributes::from([("id".to_owned(), Value::text("vpc-1"))]);
    scope.learn(&vpc, Known { attributes, complete: true });
    assert_eq!(o(), Value::text("vpc-1/1"));
}

/// What is in a list may come later, and be an error then.
#[test]
fn whether_something_can_be_is_unknown_while_a_part_of_it_is() {
    let (files, directory) = directory(
        "resource \"aws_vpc\" \"v\" {\n  cidr = \"x\"\n}\n\
         output \"o\" {\n  value = can([1, contains(aws_vpc.v.id, 0)])\n}",
    );
    let variables = Variables::new();
    let scope = Scope::new(&directory, &files, &variables);
    let vpc = Address::new("aws_vpc", "v");
    let o = || scope.evaluate(&directory.outputs["o"].value).unwrap();
    assert_eq!(o(), Value::Unknown(BTreeSet::from([vpc.clone()])));
    let attributes = Attributes::from([("id".to_owned(), Value::text("vpc-1"))]);
    scope.learn(&vpc, Known { attributes, complete: true });
    assert_eq!(o(), Value::Bool(false));
}

#[test]
fn what_an_applied_resource_lacks_is_an_error() {
    let (files, directory) =
        directory("resource \"aws_vpc\" \"v\" {}\noutput \"o\" {\n  value = aws_vpc.v.idd\n}");
    let variables = Variables::new();
    let scope = Scope::new(&directory, &files, &variables);
    scope.learn(&Address::new("aws_vpc", "v"), Known { attributes: Attributes::new(), complete: true });
    let problem = scope.evaluate(&directory.outputs["o"].value).unwrap_err();
    assert!(problem.to_string().starts_with("main.tf:3:11: `aws_vpc.v` has no attribute `idd`"), "{problem}");
}

const PASSWORD: &str = "variable \"p\" {\n  type = string\n  sensitive = true\n  default = \"hunter2\"\n}\n";

#[test]
fn sensitivity_survives_every_expression() {
    for expression in [
        "var.p",
        "\"x-${var.p}\"",
        "[var.p]",
        "{ (var.p) = 1 }",
        "jsonencode({ a = [var.p] })",
        "base64encode(var.p)",
        "length(var.p)",
        "var.p == \"a\"",
        "var.p != \"\" ? \"hunter2\" : \"b\"",
        "contains([var.p], \"hunter2\")",
        "regex(\".*\", var.p)",
        "can(regex(\"h\", var.p))",
        "!(var.p == \"a\")",
    ] {
        let value = output(&format!("{PASSWORD}output \"o\" {{\n  value = {expression}\n}}")).unwrap();
        assert!(value.has_secret(), "{expression}");
        assert!(!format!("{value:?}{}", value.shown()).contains("hunter2"), "{expression}");
    }
}

#[test]
fn errors_never_quote_a_secret() {
    for expression in
        ["regex(\"x\", var.p)", "var.p + 1", "file(var.p)", "{}[var.p]", "-var.p", "{ a = 1 }[var.p]"]
    {
        let text = format!(
            "{PASSWORD}locals {{\n  m = {{ a = 1 }}\n}}\noutput \"o\" {{\n  value = {expression}\n}}"
        );
        let text = text.replace("{}[", "local.m[").replace("{ a = 1 }[", "local.m[");
        let problem = output(&text).unwrap_err();
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
}

#[test]
fn small_texts_do_not_grow_without_bound() {
    for step in ["\"${local.lN}${local.lN}\"", "[local.lN, local.lN]", "jsonencode([local.lN, local.lN])"] {
        let mut text = String::from("locals {\n  l0 = \"xxxxxxxxxxxxxxxx\"\n");
        for i in 1..60 {
            text.push_str(&format!("  l{i} = {}\n", step.replace('N', &(i - 1).to_string())));
        }
        text.push_str("}\noutput \"o\" {\n  value = local.l59\n}");
        assert!(output(&text).unwrap_err().what.contains("8 MiB"), "{step}");
        // The same while nothing is known.
        let unknown =
            text.replace("\"xxxxxxxxxxxxxxxx\"", "aws_vpc.v.id") + "\nresource \"aws_vpc\" \"v\" {}";
        let _ = output(&unknown);
    }
}

#[test]
fn variables_take_their_values_in_terraforms_order() {
    let (files, mut directory) = directory(
        "variable \"a\" {\n  type = string\n}\nvariable \"l\" {\n  type = list(number)\n  default = [\"1\"]\n}",
    );
    let value = |directory: &Directory, given: &Given| {
        resolve_variables(directory, &files, given).map(|v| v["a"].clone())
    };
    let mut given = Given::default();
    assert!(value(&directory, &given).unwrap_err().to_string().contains("has no value"));
    given.environment.insert("a".into(), "environment".into());
    given.environment.insert("l".into(), "[2, 3]".into());
    assert_eq!(value(&directory, &given).unwrap(), Value::text("environment"));
    directory.values.insert("a".into(), Value::Number(5.0));
    assert_eq!(value(&directory, &given).unwrap(), Value::text("5"));
    given.files.insert("a".into(), Value::text("file"));
    assert_eq!(value(&directory, &given).unwrap(), Value::text("file"));
    given.arguments.push(("a".into(), "argument".into()));
    assert_eq!(value(&directory, &given).unwrap(), Value::text("argument"));
    let all = resolve_variables(&directory, &files, &given).unwrap();
    assert_eq!(all["l"], Value::List(vec![Value::Number(2.0), Value::Number(3.0)]));
    given.arguments.push(("nope".into(), String::new()));
    assert!(value(&directory, &given).is_err());
}

#[test]
fn a_sensitive_variable_is_refused_on_the_command_line() {
    let (files, directory) = directory(PASSWORD);
    let given = Given { arguments: vec![("p".into(), "geheim".into())], ..Given::default() };
    let error = resolve_variables(&directory, &files, &given).unwrap_err().to_string();
    assert!(error.contains("TF_VAR_p") && !error.contains("geheim"), "{error}");
}

#[test]
fn nobody_is_sent_where_he_would_be_refused() {
    let (files, directory) = directory(&PASSWORD.replace("  default = \"hunter2\"\n", ""));
    let error = resolve_variables(&directory, &files, &Given::default()).unwrap_err().to_string();
    assert!(error.contains("TF_VAR_p") && !error.contains("--var"), "{error}");
}

#[test]
fn validations_speak_in_their_own_words() {
    let (files, directory) = directory(
        "variable \"a\" {\n  default = \"x\"\n  validation {\n    condition = length(var.a) > 3\n    error_message = \"too short: ${var.a}\"\n  }\n}",
    );
    let error = resolve_variables(&directory, &files, &Given::default()).unwrap_err();
    assert!(error.to_string().contains("main.tf:4:17: too short: x"), "{error}");
}

#[test]
fn given_values_become_the_type_that_was_declared() {
    let declared = |kind: &str, value: &str| {
        let (files, directory) =
            directory(&format!("variable \"a\" {{\n  type = {kind}\n  default = {value}\n}}"));
        let resolved = resolve_variables(&directory, &files, &Given::default());
        resolved.map(|v| v["a"].shown().to_string()).map_err(|problems| problems.to_string())
    };
    let cases = BTreeMap::from([
        (("string", "5"), "\"5\""),
        (("number", "\"5\""), "5"),
        (("bool", "\"true\""), "true"),
        (("set(string)", "[\"b\", \"a\", \"b\"]"), "[\"a\",\"b\"]"),
        (("map(number)", "{ a = \"1\" }"), "{\"a\":1}"),
        (("object({ a = string })", "{ a = 1, b = 2 }"), "{\"a\":\"1\"}"),
    ]);
    for ((kind, value), expected) in cases {
        assert_eq!(declared(kind, value).unwrap(), expected, "{kind}");
    }
    for (kind, value) in
        [("number", "\"x\""), ("bool", "1"), ("list(string)", "\"a\""), ("object({ a = string })", "{}")]
    {
        assert!(declared(kind, value).is_err(), "{kind}");
    }
}
