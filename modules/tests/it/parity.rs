//! `docs/parity.md` says what each part of a deployment becomes in every cloud and runtime, as the code has it.
//! `PROVISION_UPDATE=1 cargo test -p provision-modules parity` writes it anew.

use std::fs;

use provision_architecture::spec::{Provider, Runtime};
use provision_modules::parity_table;
use provision_testing::workspace_root;

use crate::matrix::everything;

const HEAD: &str = "# What a block becomes\n\nThe same blocks in every cloud and runtime, and the service that each of them \
becomes. What is *refused* is refused by\n`provision render` as well, with the same advice. Generated from the code: a test \
fails when it is stale.\n\n";

#[test]
fn the_parity_table_is_what_the_code_says() {
    let path = workspace_root().join("docs/parity.md");
    let text = format!("{HEAD}{}", parity_table());
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    if std::env::var_os("PROVISION_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, text, "PROVISION_UPDATE=1 writes it anew");
}

/// A column that is refused as a whole is one for which nothing can be rendered, and the other way round.
#[test]
fn what_the_parity_table_offers_can_be_rendered() {
    let table = parity_table();
    let mut rows =
        table.lines().map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    let titles = rows.next().unwrap();
    let components = rows.find(|row| row[0] == "**components**").unwrap();
    for provider in Provider::ALL {
        for runtime in Runtime::ALL {
            let at = titles.iter().position(|title| *title == format!("{provider}, {runtime}")).unwrap();
            let offered = !components[at].contains("refused");
            let rendered = everything().iter().any(|it| it.is_on(*provider, *runtime));
            assert_eq!(offered, rendered, "{provider}, {runtime}: {}", components[at]);
        }
    }
}
