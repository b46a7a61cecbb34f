use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

/// A file of this room's data: its name without the ending, and what the build script made of it.
pub(crate) type File = (&'static str, &'static str);

/// The files of these names.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json")))),*]
    };
}
pub(crate) use files;

/// Facts by the kind that they are about. The files of a cloud are read when one of its kinds is first asked for: a
/// deployment lies in one cloud, and reading all of them takes longer than much else of a command.
pub(crate) struct ByCloud<T>([OneCloud<T>; 3]);

struct OneCloud<T> {
    /// What the names of its kinds begin with.
    prefix: &'static str,
    files: &'static [File],
    read: OnceLock<BTreeMap<String, T>>,
}

impl<T: DeserializeOwned> ByCloud<T> {
    pub(crate) const fn new(aws: &'static [File], azure: &'static [File], google: &'static [File]) -> Self {
        Self([
            OneCloud { prefix: "aws_", files: aws, read: OnceLock::new() },
            OneCloud { prefix: "azurerm_", files: azure, read: OnceLock::new() },
            OneCloud { prefix: "google_", files: google, read: OnceLock::new() },
        ])
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&T> {
        self.0.iter().find(|cloud| kind.starts_with(cloud.prefix))?.facts().get(kind)
    }

    /// Those of all clouds, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().flat_map(|cloud| cloud.facts().iter().map(|(kind, facts)| (kind.as_str(), facts)))
    }

    /// Those of each file, read from the file itself: what is wrong there is told with its line.
    #[cfg(test)]
    pub(crate) fn as_written(&self) -> impl Iterator<Item = BTreeMap<String, T>> {
        self.0.iter().flat_map(|cloud| cloud.files).map(|(file, _)| crate::as_written(file))
    }
}

impl<T: DeserializeOwned> OneCloud<T> {
    fn facts(&self) -> &BTreeMap<String, T> {
        self.read.get_or_init(|| {
            let read = |(file, text): &File| -> BTreeMap<String, T> {
                serde_json::from_str(text).unwrap_or_else(|error| {
                    panic!("kinds/{file}.yaml: {error}; the tests of kinds say where")
                })
            };
            self.files.iter().flat_map(read).collect()
        })
    }
}
