//! What the binary is told: where it works, how many calls at once, how long it waits, and where its plan is.

use std::fs;

use provision_testing::program;

use super::fake::Fake;

#[test]
fn it_works_where_and_as_it_is_told() {
    let done = ["aws_vpc.main", "aws_subnet.a", "aws_cloudwatch_log_group.main"].map(|address| {
        format!(
            r#"echo '{{"type":"apply_complete","hook":{{"resource":{{"addr":"{address}"}},"action":"create","id_value":"x","elapsed_seconds":1}}}}'"#
        )
    });
    let looks =
        "for plan; do :; done\nstat -c '%a %n' \"$plan\" > \"$here/looked\"\npwd >> \"$here/looked\"\n";
    let fake =
        Fake::new(&format!("{looks}{}\nmv \"$here/done.json\" \"$here/plan.json\"\n", done.join("\n")));
    let how =
        ["-y", "--work-dir", "copy", "--parallelism", "3", "--lock-timeout", "7", "--var", "retention=9"];
    let applied = fake.run("apply", &how);
    assert!(applied.starts_with("exit code: 0\n"), "{applied}");

    let asked = fake.asked();
    for (verb, words) in [
        ("plan ", &["-lock-timeout=7s", "-var=retention=9", "-input=false", "-json"][..]),
        ("apply ", &["-lock-timeout=7s", "-parallelism=3", "-input=false", "-json"]),
    ] {
        let line = asked.lines().find(|line| line.starts_with(verb)).unwrap_or_else(|| panic!("{asked}"));
        words.iter().for_each(|word| assert!(line.contains(word), "{word}: {line}"));
    }
    let looked = fs::read_to_string(fake.path("looked")).expect("it looked");
    let (plan, place) = looked.trim().split_once('\n').expect("two lines");
    let copy = fs::canonicalize(fake.path("copy")).expect("a folder");
    assert_eq!(fs::canonicalize(place).expect("a folder"), copy, "it works in the copy");
    assert!(plan.starts_with("600 ") && !plan.contains("/copy/") && !plan.contains("/tiny/"), "{plan}");
    assert!(copy.join("main.tf").is_file());
    let left: Vec<_> = fs::read_dir(fake.path("tiny")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "the directory is as it was: {left:?}");
}

/// Nobody owns it yet, and the embedded engine makes nothing there.
#[test]
fn elsewhere_it_is_the_one_that_is_installed() {
    let fake = Fake::new("");
    fake.world.edit("provider \"aws\"", "provider \"google\"");
    // What the machine itself has must not decide the test.
    let cat = program("cat").expect("a system");
    std::os::unix::fs::symlink(cat, fake.path("bin/cat")).expect("a link");
    let bin = fake.path("bin").display().to_string();
    let plan = || fake.run_in(&[("PATH", &bin)], &["plan", "tiny", "--deployment", "tiny"], "");
    let both = plan();
    assert!(both.starts_with("exit code: 0\n") && both.contains("Terraform 1.11.4"), "{both}");
    fs::remove_file(fake.path("bin/terraform")).expect("it was there");
    let one = plan();
    assert!(one.starts_with("exit code: 0\n") && one.contains("OpenTofu 1.11.4"), "{one}");
}
