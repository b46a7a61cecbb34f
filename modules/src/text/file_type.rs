use tera::Delimiters;
use thiserror::Error;

/// What a file is read by, and so how values in it are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileType {
    /// Terraform.
    Hcl,
    Yaml,
    Json,
    /// POSIX shell.
    Shell,
    /// Units and their drop-ins.
    Systemd,
    /// `key=value` lines: Java properties, environment files.
    Ini,
    Markdown,
    /// Pages that stand alone.
    Html,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "template `{name}`: nothing is known about escaping in a file of this type; \
     the name of a template ends in one of {known}",
    known = known_endings()
)]
pub struct UnknownFileType {
    pub name: String,
}

const ENDINGS: [(&str, FileType); 16] = [
    (".tf", FileType::Hcl),
    (".yaml", FileType::Yaml),
    (".yml", FileType::Yaml),
    (".json", FileType::Json),
    (".sh", FileType::Shell),
    (".service", FileType::Systemd),
    (".socket", FileType::Systemd),
    (".timer", FileType::Systemd),
    (".mount", FileType::Systemd),
    (".path", FileType::Systemd),
    (".target", FileType::Systemd),
    (".properties", FileType::Ini),
    (".env", FileType::Ini),
    (".ini", FileType::Ini),
    (".md", FileType::Markdown),
    (".html", FileType::Html),
];

fn known_endings() -> String {
    ENDINGS.map(|(ending, _)| ending).join(" ")
}

impl FileType {
    pub const ALL: [Self; 8] = [
        Self::Hcl,
        Self::Yaml,
        Self::Json,
        Self::Shell,
        Self::Systemd,
        Self::Ini,
        Self::Markdown,
        Self::Html,
    ];

    /// By the name's ending.
    pub fn of(name: &str) -> Result<Self, UnknownFileType> {
        ENDINGS
            .iter()
            .find(|(ending, _)| name.ends_with(ending))
            .map(|(_, file_type)| *file_type)
            .ok_or_else(|| UnknownFileType { name: name.to_owned() })
    }

    /// `{{ value }}` where the language leaves that free. Shell (`${#list}`), and YAML and INI that carry other
    /// engines' templates, get `<{ value }>`, `<% if … %>` and `<# comment #>` instead.
    pub(super) fn delimiters(self) -> Delimiters {
        match self {
            Self::Hcl | Self::Json | Self::Markdown | Self::Html => Delimiters::default(),
            Self::Yaml | Self::Shell | Self::Systemd | Self::Ini => Delimiters {
                block_start: "<%".into(),
                block_end: "%>".into(),
                variable_start: "<{".into(),
                variable_end: "}>".into(),
                comment_start: "<#".into(),
                comment_end: "#>".into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_unknown_type_has_no_escaping_and_so_no_engine() {
        assert_eq!(FileType::of("aws/network.tf"), Ok(FileType::Hcl));
        assert_eq!(FileType::of("host/drain.service"), Ok(FileType::Systemd));
        for name in ["notes.txt", "tf", "network.tf.bak", ""] {
            let refusal = FileType::of(name).expect_err(name).to_string();
            assert!(refusal.contains(".properties"), "{refusal}");
        }
    }
}
