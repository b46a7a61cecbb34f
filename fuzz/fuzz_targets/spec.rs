//! A text, all the way: parse, resolve, check, and every report format.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use provision_architecture::documented::Severity;
use provision_architecture::spec::to_yaml;
use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile};
use provision_validation::report::{self, Style, Unreadable};
use provision_validation::rules;

const STYLE: Style = Style { colour: false, width: 110 };

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // A file that is not UTF-8 is refused before it is a spec.
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let parsed = SpecFile::parse(Source::new("spec.yaml", text));
    match parsed.and_then(|file| file.resolve().map(|topology| (file, topology))) {
        Ok((file, topology)) => {
            let today = Date::try_from("2026-11-20").expect("a day");
            let verdict = rules::check(&file, &topology, today).expect("every rule compiles");
            let verdicts = std::slice::from_ref(&verdict);
            report::text(&verdict, &file, Severity::Info, STYLE);
            report::json(verdicts, &[]);
            report::sarif(verdicts, &[], "1.0.0");
            report::junit(verdicts, &[], Severity::Warning).expect("a verdict is written as XML");
            assert_expands_once(&to_yaml(&topology.spec).expect("a spec can be written"));
        }
        Err(diagnostics) => {
            assert!(!diagnostics.list.is_empty(), "refused without a reason");
            report::diagnostics(&diagnostics, STYLE);
            let unreadable = [Unreadable::from(&diagnostics)];
            report::json(&[], &unreadable);
            report::sarif(&[], &unreadable, "1.0.0");
            report::junit(&[], &unreadable, Severity::Error).expect("problems are written as XML");
        }
    }
    Corpus::Keep
});

/// What `expand` prints is a spec, and expanding it once more changes nothing.
fn assert_expands_once(expanded: &str) {
    let file = SpecFile::parse(Source::new("expanded.yaml", expanded))
        .unwrap_or_else(|problems| panic!("{:?}\n{expanded}", problems.list));
    let topology = file.resolve().unwrap_or_else(|problems| panic!("{:?}\n{expanded}", problems.list));
    assert_eq!(file.spec, topology.spec, "expanding twice changes something:\n{expanded}");
}
