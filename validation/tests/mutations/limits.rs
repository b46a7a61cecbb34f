//! Specs as large as one may be, each of them as hard on one part of the way as it can be.

const LARGEST: usize = 1024 * 1024;

const HEAD: &str =
    "deployment: a\nplatform: kestra\nsize: medium\ncloud: {provider: aws, region: eu-west-1}\n";

/// The specs, each with what is special about it.
pub(crate) fn specs() -> Vec<(&'static str, String)> {
    vec![
        ("nothing", String::new()),
        ("too large by one", "a".repeat(LARGEST + 1)),
        ("lists in lists", filled("", "[")),
        ("maps in maps", filled("", "{a: ")),
        ("items in items", filled("", "- ")),
        ("keys that are maps", filled("", "? ")),
        ("sixty-three levels", format!("{HEAD}tags: {}x{}", "[".repeat(63), "]".repeat(63))),
        ("aliases", filled(&format!("{HEAD}tags: &a [x]\nobjectives: ["), "*a ,")),
        ("tags", filled(&format!("{HEAD}objectives: ["), "!x a,")),
        ("anchors", filled(&format!("{HEAD}objectives: ["), "&a a,")),
        ("unknown fields", numbered(HEAD, |number| format!("f{number}: 1\n"))),
        ("unknown fields on one line", numbered("{", |number| format!("f{number}: 1,"))),
        ("unknown secrets on one line", numbered("{", |number| format!("token{number}: 1,"))),
        ("one field many times", filled(HEAD, "tags: {}\n")),
        ("tags that are secrets", numbered(&format!("{HEAD}tags:\n"), |n| format!("  token{n}: \"§\"\n"))),
        ("a long key", format!("{HEAD}{}: 1\n", "k".repeat(LARGEST / 2))),
        ("a long word", format!("{HEAD}os: {}\n", "k".repeat(LARGEST / 2))),
        ("a long objective", format!("{HEAD}objectives: ['{}']\n", "z: u running,".repeat(LARGEST / 16))),
        ("a long number", format!("{HEAD}polling_targets: {}\n", "9".repeat(LARGEST / 2))),
        ("a long version", format!("{HEAD}version: {}\n", "1.".repeat(LARGEST / 4))),
        ("a long duration", format!("{HEAD}liveness: {{timeout: {}}}\n", "1d".repeat(LARGEST / 4))),
        ("a long image", format!("{HEAD}registry: {}\n", "a/".repeat(LARGEST / 4))),
        ("a long block", format!("{HEAD}os: |\n{}", "  line\n".repeat(LARGEST / 8))),
        ("waivers", numbered(&format!("{HEAD}waivers:\n"), |_| waiver())),
        ("a thousand waivers on one line", format!("{HEAD}waivers: [{}]\n", flow_waiver().repeat(1_000))),
        ("objectives", filled(&format!("{HEAD}objectives: ["), "'zone: ui running',")),
        ("many documents", filled(HEAD, "---\n")),
        ("zero bytes", filled(HEAD, "\0")),
        ("bells", filled(&format!("{HEAD}os: \""), "\\a")),
        ("escapes", filled(&format!("{HEAD}os: \""), "\\u0301")),
        ("combining characters", filled(&format!("{HEAD}os: a"), "\u{301}\u{327}")),
        ("wide characters", filled(&format!("{HEAD}os: "), "ﷺ")),
        ("carriage returns", filled(HEAD, "\r")),
        ("tabulators", filled(HEAD, "\t")),
        ("blanks", filled(HEAD, " ")),
        ("comments", filled(HEAD, "# a comment\n")),
        ("percent signs", filled("", "%YAML 1.1\n")),
        ("an open quote", filled(&format!("{HEAD}os: '"), "x\n\n")),
        ("colons", filled(HEAD, ": ")),
        ("byte order marks", filled("", "\u{feff}")),
        ("as many as may be", as_many_as_may_be()),
        (
            "as many as may be, and what survives of them",
            as_many_as_may_be() + "objectives: ['zone: ui running']\n",
        ),
        ("a thousand objectives", format!("{HEAD}objectives: [{}]", "'zone: ui running',".repeat(1_000))),
    ]
}

fn filled(start: &str, part: &str) -> String {
    let mut text = start.to_owned();
    text += &part.repeat((LARGEST - start.len()) / part.len());
    text
}

fn numbered(start: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let next = part(number);
        if text.len() + next.len() > LARGEST {
            break;
        }
        text += &next;
    }
    text
}

fn waiver() -> String {
    "- {rule: KES-01, until: 2027-01-01, reason: x}\n".to_owned()
}

fn flow_waiver() -> String {
    "{rule: XXX-01, until: 2027-01-01, reason: x},".to_owned()
}

/// The largest topology that a spec can ask for.
fn as_many_as_may_be() -> String {
    let components: String = ["webserver", "executor", "scheduler", "worker", "indexer"]
        .iter()
        .map(|name| {
            format!("  {name}: {{replicas: 100000, threads: 1000000000000, connections: 1000000000000}}\n")
        })
        .collect();
    format!(
        "deployment: a\nplatform: kestra\nversion: '1.3'\nedition: enterprise\nsize: high-availability\n\
         cloud: {{provider: aws, region: eu-west-1}}\ncomponents:\n{components}backends:\n  \
         queue: {{kind: kafka, managed: false, brokers: 100000, controllers: 100000, partitions: 1000000000000}}\n  \
         search: {{kind: elasticsearch, managed: false, nodes: 100000, masters: 100000, replicas: 100000}}\n\
         traffic: {{peak_messages_per_minute: 1000000000000, message_bytes: 1000000000000}}\n"
    )
}
