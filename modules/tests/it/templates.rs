//! The templates of ours, and those of a user.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use provision_modules::text::{Expr, Origin, Overrides, Templates};
use provision_modules::{load_templates, template_texts};
use provision_testing::workspace_root;
use serde_json::json;

#[test]
fn every_file_of_the_room_is_listed() {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let root = workspace_root().join("templates");
    let mut found = BTreeSet::new();
    walk(&root, &root, &mut found);
    let listed: BTreeSet<String> = template_texts().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed);
}

fn of(texts: &[(&str, &str)]) -> Result<Templates, String> {
    let templates = Templates::load(texts.iter().copied(), &Overrides::default());
    let templates = templates.map_err(|error| error.to_string())?;
    templates.check().map_err(|error| error.to_string())?;
    Ok(templates)
}

fn one(name: &str, text: &str) -> Result<Templates, String> {
    of(&[(name, text)])
}

#[test]
fn every_template_of_ours_is_well_formed() {
    load_templates(&Overrides::default()).unwrap().check().unwrap();
}

#[test]
fn a_template_takes_others_in_and_they_others() {
    let texts = [
        ("a.tf", "{% include \"b.tf\" %}\n{%- include 'c.tf' %}\n"),
        ("b.tf", "b = \"{{ value }}\"\n{% include \"c.tf\" %}\n"),
        ("c.tf", "c = \"{{ value }}\"\n"),
    ];
    let filled = of(&texts).unwrap().render("a.tf", &json!({ "value": "x" })).unwrap();
    assert_eq!(filled.matches("c = \"x\"").count(), 2, "{filled}");
    assert_eq!(filled.matches("b = \"x\"").count(), 1, "{filled}");

    let missing = of(&texts[..2]).err().unwrap();
    assert!(missing.contains("c.tf") && missing.contains("b.tf"), "{missing}");
    let round = of(&[("a.tf", "{% include \"b.tf\" %}"), ("b.tf", "{% include \"a.tf\" %}")]).err().unwrap();
    assert!(round.to_lowercase().contains("circular"), "{round}");
    let other = of(&[("a.tf", "{% include \"b.sh\" %}"), ("b.sh", "echo\n")]).err().unwrap();
    assert!(other.contains("b.sh"), "a file of another type is escaped in another way: {other}");
}

fn filled(name: &str, text: &str) -> Result<String, String> {
    let context = json!({ "value": "x", "list": [1, 2], "hostile": "\"${file(\"/etc/passwd\")}" });
    one(name, text)?.render(name, &context).map_err(|error| error.to_string())
}

#[test]
fn a_template_cannot_switch_the_escaping_off() {
    for filter in ["safe", "escape", "escape_html", "escape_xml", "newlines_to_br"] {
        let refusal = filled("a.tf", &format!("a = \"{{{{ hostile | {filter} }}}}\"\n")).unwrap_err();
        assert!(refusal.contains("escaping"), "{filter}: {refusal}");
    }
    assert!(filled("a.tf", "a = {{ value }}\n").is_err());
    assert!(filled("a.tf", "{% set x %}\"{{ hostile }}{% endset %}a = \"{{ x | upper }}\"\n").is_err());
    assert!(filled("a.tf", "a = foo.{{ hostile | ident }}\n").is_err());
    assert_eq!(
        filled("a.tf", "a=\"{{ hostile }}\"\n").unwrap(),
        "a = \"\\\"$${file(\\\"/etc/passwd\\\")}\"\n"
    );
}

#[test]
fn what_is_undefined_fails_and_loops_are_bounded() {
    assert!(filled("a.tf", "a = \"{{ nope }}\"\n").is_err());
    assert!(filled("a.tf", "{% for i in range(end=1000000) %}{% endfor %}").unwrap_err().contains("range"));
    let deep = "{% for a in list %}".repeat(5) + &"{% endfor %}".repeat(5);
    assert!(one("a.tf", &deep).err().unwrap().contains("loops"));
    assert!(one("a.txt", "x").err().unwrap().contains("escaping"));
    assert!(one("a.tf", "{% if %}").is_err());
}

#[test]
fn a_users_template_takes_the_place_of_ours_and_is_listed_with_its_hash() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("aws")).unwrap();
    fs::write(place.path().join("aws/versions.tf"), "# ours: {{ region }}\n").unwrap();
    let overrides = Overrides::read(place.path()).unwrap();
    let templates = load_templates(&overrides).unwrap();
    let listed = templates.list().find(|listed| listed.name == "aws/versions.tf").unwrap();
    assert_eq!(listed.origin, Origin::Override);
    assert_eq!(listed.hash, provision_modules::hash::sha256(b"# ours: {{ region }}\n"));

    fs::write(place.path().join("aws/versions.tf"), "{% if %}\n").unwrap();
    assert!(load_templates(&Overrides::read(place.path()).unwrap()).is_err(), "told before it is needed");
    fs::write(place.path().join("aws/versions.tf"), "").unwrap();

    fs::write(place.path().join("aws/version.tf"), "").unwrap();
    assert!(load_templates(&Overrides::read(place.path()).unwrap()).is_err(), "no such template");
    fs::remove_file(place.path().join("aws/version.tf")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", place.path().join("aws/network.tf")).unwrap();
    assert!(Overrides::read(place.path()).is_err(), "a link");
}

/// Every line of this room.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

/// A misspelt name in a condition is silently false: every name that a condition asks for has to be one that some
/// context of ours has.
#[test]
fn conditions_ask_for_names_that_exist() {
    let read = |folder: &str| sources(&workspace_root().join(folder));
    let (ours, page) = (read("modules/src"), read("report/src") + &read("validation/src/survive/report"));
    for (template, text) in template_texts() {
        let sources = if template.starts_with("report/") { &page } else { &ours };
        let bound = |word: &str| text.contains(&format!("for {word} in "));
        for block in
            text.split(['%']).filter(|block| block.trim_start_matches('-').trim_start().starts_with("if "))
        {
            let words = block
                .trim()
                .trim_start_matches("if ")
                .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '"'));
            for word in words.filter(|word| word.len() > 1 && !word.starts_with('"')) {
                let known = ["not", "and", "or", "length", "loop", "last", "it"].contains(&word);
                let number = word.bytes().all(|b| b.is_ascii_digit());
                let field = sources.contains(&format!("{word}:")) || sources.contains(&format!("{word},"));
                assert!(known || number || field || bound(word), "{template}: no context has `{word}`");
            }
        }
    }
}

#[test]
fn expressions_stand_outside_of_quotes_and_keep_what_they_say() {
    let templates = one("a.tf", "a = {{ reference }}\nbb = {{ text }}\n").unwrap();
    let context = std::collections::BTreeMap::from([
        ("reference", Expr::reference("aws_vpc.main.id").unwrap()),
        ("text", Expr::joined("x-", &Expr::reference("aws_vpc.main.id").unwrap(), "${")),
    ]);
    let text = templates.render("a.tf", &context).unwrap();
    assert_eq!(text, "a  = aws_vpc.main.id\nbb = \"x-${aws_vpc.main.id}$${\"\n");
}
