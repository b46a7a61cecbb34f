//! The ways in which a spec is damaged: its bytes, its tokens, its lines, its data.

use serde_json::{Value, json};

use crate::random::Random;

/// What is damaged, as a text and as data.
pub(crate) struct Seed {
    text: String,
    data: Value,
}

impl Seed {
    pub(crate) fn new(text: String) -> Self {
        let data = serde_saphyr::from_str(&text).expect("a seed is YAML");
        Self { text, data }
    }
}

/// The spec of a case: a seed with one to four damages.
pub(crate) fn damaged(case: usize, seeds: &[Seed]) -> String {
    let random = &mut Random::of_case(case);
    let seed = random.pick(seeds);
    let mut text =
        if random.once_in(2) { seed.text.clone() } else { with_other_data(&seed.data, seeds, random) };
    // Half of those whose data was changed stay well-formed, so that what comes after reading is tested too.
    if text.starts_with('{') && random.once_in(2) {
        return text;
    }
    for _ in 0..=random.below(4) {
        text = match random.below(3) {
            0 => in_bytes(&text, random),
            1 => in_tokens(&text, seeds, random),
            _ => in_lines(&text, random),
        };
    }
    text
}

/// A file is read as UTF-8 before it is a spec, so what is no UTF-8 after the damage is replaced.
fn in_bytes(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(40)).min(bytes.len());
    match random.below(6) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let slice = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, slice);
        }
        4 => bytes.insert(at, u8::try_from(random.below(256)).expect("a byte")),
        _ => bytes.insert(at, *random.pick(b"\0\t\r\n\x07\x1b\x7f :-?[]{}&*!|>'\"%@`#,~")),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const NASTY: [&str; 66] = [
    "",
    "~",
    "null",
    "true",
    "no",
    "0",
    "-0",
    "-1",
    "1",
    "007",
    "0x10",
    "0o17",
    "1e9",
    "1e999",
    ".inf",
    ".nan",
    "1.0",
    "99999",
    "100000",
    "100001",
    "1000000000000",
    "1000000000001",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1_000",
    "1,000",
    "é",
    "e\u{301}",
    "İ",
    "ﷺ",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "😀",
    "\0",
    "\u{7}",
    "\t",
    "\r",
    "\r\n",
    "!!binary x",
    "!<tag:x> y",
    "!x",
    "&a",
    "*a",
    "<<: *a",
    "---",
    "...",
    "%YAML 1.1",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    "|",
    ">-",
    "\"",
    "'",
    "#",
    "\\",
    "2027-02-30",
];

fn in_tokens(text: &str, seeds: &[Seed], random: &mut Random) -> String {
    let tokens = tokens(text);
    let at = random.below(tokens.len());
    let others = self::tokens(&random.pick(seeds).text);
    let new = match random.below(4) {
        0 => (*random.pick(&others)).to_owned(),
        1 if random.once_in(20) => random.pick(&["a", "9", "é", " ", "\u{301}"]).repeat(20_000),
        _ => (*random.pick(&NASTY)).to_owned(),
    };
    let mut damaged = String::with_capacity(text.len() + new.len());
    for (number, token) in tokens.iter().enumerate() {
        if number != at {
            damaged += token;
        } else if random.once_in(2) {
            damaged += &new;
        } else {
            damaged += token;
            damaged += &new;
        }
    }
    damaged
}

/// Words, and every other character by itself.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || "._-".contains(c);
        let length = match word(first) {
            true => rest.find(|c: char| !word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    if tokens.is_empty() {
        tokens.push("");
    }
    tokens
}

fn in_lines(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    let at = random.below(lines.len());
    let to = random.below(lines.len());
    match random.below(14) {
        0 => lines.insert(to, lines[at].clone()),
        1 => drop(lines.remove(at)),
        2 => lines.swap(at, to),
        3 => lines[at].insert_str(0, &" ".repeat(random.below(6))),
        4 => lines[at] = lines[at].trim_start().to_owned(),
        5 => return lines.join("\r\n"),
        6 => return format!("\u{feff}{text}"),
        7 => return format!("{text}\n---\n{text}"),
        8 => lines.insert(at, "---".to_owned()),
        9 => lines[at] += &nested(2 + random.below(90), random),
        10 => lines.insert(at, alias_bomb()),
        11 => lines.insert(at, format!("field{to}: {}", vec!["1"; 1 + random.below(3_000)].join(","))),
        12 => lines.insert(at, long_list(1 + random.below(1_500))),
        _ => return lines.join("\r"),
    }
    lines.join("\n")
}

fn nested(depth: usize, random: &mut Random) -> String {
    let (open, close) = *random.pick(&[("[", "]"), ("{a: ", "}"), ("\n- ", ""), ("[{a: ", "}]"), ("? ", "")]);
    format!(" {}x{}", open.repeat(depth), close.repeat(depth))
}

fn alias_bomb() -> String {
    let mut bomb = "a0: &a0 [x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = level - 1;
        bomb += &format!("a{level}: &a{level} [*a{below}, *a{below}, *a{below}, *a{below}, *a{below}]\n");
    }
    bomb
}

fn long_list(length: usize) -> String {
    format!("objectives: [{}]", vec!["'zone: ui running'"; length].join(", "))
}

/// The spec as data, a few fields otherwise. JSON is YAML, so it goes through the front door.
fn with_other_data(seed: &Value, seeds: &[Seed], random: &mut Random) -> String {
    let mut spec = seed.clone();
    for _ in 0..=random.below(3) {
        let donor = &random.pick(seeds).data;
        change(&mut spec, donor, random, 0);
    }
    spec.to_string()
}

/// Walks down by chance and changes what it comes to.
fn change(value: &mut Value, donor: &Value, random: &mut Random, depth: usize) {
    let stop = random.below(5) < depth;
    match value {
        Value::Object(map) if !map.is_empty() && !stop => {
            let at = random.below(map.len());
            let key = map.keys().nth(at).expect("one of its keys").clone();
            let donated = donor.get(&key).cloned();
            match donated {
                Some(donated) if random.once_in(4) => drop(map.insert(key, donated)),
                _ if random.once_in(12) => drop(map.shift_remove(&key)),
                _ => change(&mut map[&key], donor.get(&key).unwrap_or(&Value::Null), random, depth + 1),
            }
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = random.below(items.len());
            match random.below(4) {
                0 => items.push(items[at].clone()),
                1 => drop(items.remove(at)),
                _ => change(&mut items[at], &Value::Null, random, depth + 1),
            }
        }
        Value::Number(_) => *value = number(random),
        Value::Bool(truth) if !random.once_in(8) => *truth = !*truth,
        _ => *value = anything(random),
    }
}

/// A number that is often legal.
fn number(random: &mut Random) -> Value {
    const LEGAL: [u64; 14] =
        [0, 1, 2, 3, 5, 6, 7, 12, 64, 1_000, 99_999, 100_000, 1_000_000, 1_000_000_000_000];
    match random.below(8) {
        0 => anything(random),
        1 => json!(u64::MAX),
        _ => json!(random.pick(&LEGAL)),
    }
}

fn anything(random: &mut Random) -> Value {
    match random.below(9) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!({}),
        4 => json!([1, "a", null]),
        5 => json!({ "from": "env", "name": "A" }),
        6 => json!({ "replicas": 3 }),
        7 => json!(-1.5),
        _ => json!(random.pick(&NASTY)),
    }
}
