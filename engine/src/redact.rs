//! What is secret taken out of a text that somebody else wrote: whole, or a fragment of it.

use std::collections::HashSet;

const INSTEAD: &str = "(sensitive)";
/// So much of a secret in one piece gives something of it away; less is in many a text by accident.
const FRAGMENT: usize = 8;

/// The text without these secrets, and without any piece of them that is long enough.
pub(crate) fn redacted(text: &str, secrets: &[String]) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut hidden = vec![false; letters.len()];
    for secret in secrets {
        let secret: Vec<char> = secret.chars().collect();
        let shortest = FRAGMENT.min(secret.len());
        if shortest == 0 {
            continue;
        }
        let pieces: HashSet<&[char]> = secret.windows(shortest).collect();
        for (at, piece) in letters.windows(shortest).enumerate() {
            if pieces.contains(piece) {
                hidden[at..at + shortest].fill(true);
            }
        }
    }
    let mut clean = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !hidden[at] {
            clean.push(*letter);
        } else if at == 0 || !hidden[at - 1] {
            clean.push_str(INSTEAD);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        redacted(text, &["correct-horse-battery".to_owned(), "pin7".to_owned()])
    }

    #[test]
    fn whole_or_cut_off_at_either_end_it_is_hidden() {
        assert_eq!(without("Value 'correct-horse-battery' is bad"), "Value '(sensitive)' is bad");
        assert_eq!(without("Value 'correct-hor…' is bad"), "Value '(sensitive)…' is bad");
        assert_eq!(without("…se-battery, pin7"), "…(sensitive), (sensitive)");
    }

    #[test]
    fn what_is_short_enough_to_be_there_by_accident_stays() {
        assert_eq!(without("correct: the battery"), "correct: the battery");
        assert_eq!(without("pin"), "pin");
    }
}
