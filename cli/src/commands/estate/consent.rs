use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _};

use provision_engine::Address;

use crate::failure::Failure;
use crate::output::Output;

/// The addresses that arguments name.
pub fn addresses(texts: &[String]) -> Result<BTreeSet<Address>, Failure> {
    texts
        .iter()
        .map(|text| Address::in_a_plan(text).map_err(|error| Failure::because("no such consent", &error)))
        .collect()
}

/// Asks for the word; without a terminal consent has to come as a flag.
pub fn confirm(question: &str, word: &str, output: &Output) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new("there is nobody to ask").hint("`--auto-approve` says yes beforehand"));
    }
    output.say(&format!("{question} Type `{word}` to go on:"));
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::because("no answer could be read", &error))?;
    Ok(line.trim() == word)
}
