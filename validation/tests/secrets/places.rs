//! Where people put secrets into specs by mistake.

pub(crate) const SECRET: &str = "hunter2Zq9Xw";
/// A part of it is as bad as all of it, so its parts are words that appear nowhere else.
pub(crate) const PARTS: [&str; 3] = ["hunter2", "Zq9Xw", "2Zq9"];

pub(crate) const HEAD: &str =
    "deployment: orders\nplatform: kestra\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\n";

/// Where people put secrets, `§` in the place of one. What is put there is refused, or is only a name.
const PLACES: &[(&str, &str)] = &[
    ("a scalar in place of a reference", "licence: §\n"),
    ("a quoted scalar", "licence: \"§\"\n"),
    ("a block", "licence: |\n  §\n  second §\n"),
    ("a folded block with a long tail", "licence: >-\n  a\n  b\n  c\n  d\n  e\n  §\n"),
    ("a scalar over several lines", "licence: a b\n  c d\n  e f\n  g h\n  § i\n"),
    ("a quoted scalar over several lines", "licence: \"a\n\n\n\n  § b\"\nfoo: 1\n"),
    ("with an anchor", "licence: &x §\n"),
    ("with a tag", "licence: !secret §\n"),
    ("with a comment", "licence: § # the one of last year\n"),
    ("a list", "licence: [§]\n"),
    ("a block list", "licence:\n  - §\n"),
    ("a map of another kind", "licence: { key: § }\n"),
    ("a map without values", "licence: { § }\n"),
    ("a wrong store", "licence: { from: §, name: x }\n"),
    ("a wrong name", "licence: { from: env, name: \"§ §\" }\n"),
    ("a list as the name", "licence: { from: env, name: [§] }\n"),
    ("a map as the store", "licence: { from: { a: § }, name: x }\n"),
    ("beside a reference", "licence: { from: env, name: X, value: § }\n"),
    ("a store twice", "licence: { from: env, from: §, name: x }\n"),
    ("a value twice", "licence: { from: env, name: x, value: §, value: § }\n"),
    ("alerting.pagerduty", "alerting: { pagerduty: § }\n"),
    ("alerting.victorops", "alerting:\n  victorops: §\n"),
    ("alerting.webhook", "alerting: { webhook: \"https://hooks.example.com/§\" }\n"),
    ("an unknown field", "password: §\n"),
    ("an unknown field, indented", "backends:\n  database:\n    password: §\n"),
    ("an unknown field on one line", "backends: { database: { kind: postgres, password: §, knid: x } }\n"),
    ("an unknown number", "password: 12345§\n"),
    ("a longer name", "backends: { database: { DB_ADMIN_PASSWORD: § } }\n"),
    ("a name in camel case", "backends: { database: { apiKey: § } }\n"),
    ("a name with dashes", "backends: { database: { access-key: §, x: 1 } }\n"),
    ("a connection string", "backends: { database: { connection_string: \"Server=x;§\", x: 1 } }\n"),
    ("an address", "backends: { database: { url: \"postgres://kestra:§@db.example.com/kestra\", x: 1 } }\n"),
    (
        "an address in place of a word",
        "backends: { database: { kind: \"postgres://kestra:§@db/kestra\" } }\n",
    ),
    ("an address in place of a number", "polling_targets: \"https://x:§@example.com\"\n"),
    ("an address in place of a truth", "load_balancer: { internal: \"https://x:§@example.com\" }\n"),
    ("an assignment in a list", "tags:\n  - PASSWORD=§\n"),
    ("an assignment in place of a word", "edition: \"licence: §\"\n"),
    ("a nested map", "credentials: { user: { name: a, value: [ 1, { b: § } ] } }\n"),
    ("a nested map below a component", "components: { worker: { secrets: { a: { b: § } }, x: 1 } }\n"),
    ("a reference of another kind", "components: { worker: { secret: { from: §, name: x }, x: 1 } }\n"),
    ("a tag of one's own", "tags: { token: \"§!\" }\n"),
    ("a list as a tag", "tags: { token: [§], x: [1] }\n"),
    ("a list in place of alerting", "alerting: [ { pagerduty: § } ]\n"),
    ("a field twice", "licence: { from: env, name: X }\nlicence: §\n"),
    ("a map twice", "alerting: { email: a@example.com }\nalerting: { pagerduty: § }\n"),
    ("in a second document", "---\nlicence: §\n"),
    ("in a second document that is broken", "---\nlicence: § : [ : \n"),
    ("on the line of another problem", "foo: { licence: §, platform: x }\nbar: [ { password: § }, 1 ]\n"),
    (
        "in a spec that cannot be built",
        "components: { worker: { autoscale: { min: 5, max: 2 } } }\ntags: { token: § }\n",
    ),
    ("broken behind it", "licence: § : x\n"),
    ("broken before it", "foo: [ }\nlicence: §\n"),
    ("broken on its line", "{ licence: §, foo: [ }\n"),
    ("broken after it", "licence: §\n\tfoo: 1\n"),
    ("broken two lines after it", "licence:\n  §\n foo: : 1\n"),
    ("broken deep below it", "credentials:\n  a:\n    b:\n      c:\n        d: §\n       e: [ }\n"),
    ("an open quote", "licence: \"§\nfoo: 1\n"),
    ("an open bracket", "licence: [ §\nfoo: 1\n"),
    ("an alias of that name", "licence: *§\n"),
    ("without a colon", "licence §\nfoo: 1\n"),
    ("with an equals sign", "PASSWORD=§\n"),
    (
        "a private key",
        "host:\n  sysctl: |\n    -----BEGIN PRIVATE KEY-----\n    §\n    -----END PRIVATE KEY-----\n",
    ),
    ("with carriage returns", "licence: §\r\nfoo: 1\r\n"),
    ("with carriage returns only", "foo: 1\rlicence: §\rbar: [ }\r"),
];

/// The specs: each place after the head, before it, inside of a longer spec, and as JSON where it is no more than that.
pub(crate) fn specs() -> Vec<(String, String)> {
    let fill = |text: &str| text.replace('§', SECRET);
    PLACES
        .iter()
        .flat_map(|(name, place)| {
            [
                (format!("{name}, at the end"), format!("{HEAD}{}", fill(place))),
                (format!("{name}, at the beginning"), format!("{}{HEAD}", fill(place))),
                (
                    format!("{name}, among mistakes"),
                    format!("{HEAD}os: beos\n{}edition: {{}}\nfoo: 1\n", fill(place)),
                ),
                (format!("{name}, alone"), fill(place)),
                (format!("{name}, deeper"), format!("{HEAD}host:\n  {}", fill(place).replace('\n', "\n  "))),
            ]
        })
        .collect()
}
