//! What is seen of a template before Tera reads it.

use tera::Delimiters;

/// A line that holds nothing but a tag leaves no line behind: its line break moves into the tag, so that the numbers of
/// lines stay what they are.
pub(super) fn without_tag_lines(text: &str, delimiters: &Delimiters) -> String {
    let (start, end) = (delimiters.block_start.as_ref(), delimiters.block_end.as_ref());
    let alone = |line: &str| {
        let tag = line.trim();
        let inside = tag.strip_prefix(start)?.strip_suffix(end)?;
        let one = !inside.contains(end) && line.ends_with('\n');
        let (inside, trims) = inside.strip_suffix('-').map_or((inside, ""), |inside| (inside, "-"));
        one.then(|| format!("{start}{inside}\n{trims}{end}"))
    };
    text.split_inclusive('\n').map(|line| alone(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// How deeply loops stand in each other.
pub(super) fn deepest_loops(text: &str, block_start: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for block in text.split(block_start).skip(1) {
        let word = block.trim_start_matches(['-', ' ', '\n', '\t', '\r']).split_whitespace().next();
        match word {
            Some("for") => depth += 1,
            Some(word) if word.starts_with("endfor") => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The templates that this one takes in, as it names them.
pub(super) fn included<'a>(text: &'a str, block_start: &str) -> impl Iterator<Item = &'a str> {
    text.split(block_start).skip(1).filter_map(|block| {
        let block = block.trim_start_matches(['-', ' ', '\n', '\t', '\r']);
        let named = block.strip_prefix("include").or_else(|| block.strip_prefix("extends"))?.trim_start();
        let quote = named.chars().next().filter(|quote| ['"', '\'', '`'].contains(quote))?;
        named[1..].split(quote).next()
    })
}
