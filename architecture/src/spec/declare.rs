//! One declaration gives the type, its reader, its schema and its way back to YAML.

/// Declares structs that are read from a map with exactly these fields.
macro_rules! fields {
    ($($(#[doc = $about:literal])+ $visibility:vis struct $name:ident {
        $($(#[doc = $field_about:literal])+ $field:ident: $type:ty,)*
    })*) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        $visibility struct $name {
            $(
                $(#[doc = $field_about])+
                #[serde(skip_serializing_if = "crate::spec::read::Read::says_nothing")]
                pub $field: $type,
            )*
        }

        impl $name {
            pub(crate) const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn fields() -> Vec<crate::spec::shape::Field> {
                vec![$(crate::spec::shape::Field {
                    name: stringify!($field),
                    about: crate::spec::declare::joined(&[$($field_about),+]),
                    required: <$type as crate::spec::read::Read>::absent().is_none(),
                    shape: <$type as crate::spec::read::Read>::shape(),
                }),*]
            }
        }

        impl crate::spec::read::Read for $name {
            fn read(
                node: &crate::yaml::Node,
                reader: &mut crate::spec::read::Reader,
            ) -> Option<Self> {
                let what = concat!("a map (", stringify!($name), ")");
                let entries = crate::spec::read::known_entries(node, what, Self::FIELDS, reader)?;
                let value = |name: &str| {
                    entries.iter().find(|entry| entry.key.text() == Some(name)).map(|entry| &entry.value)
                };
                $(let $field = match value(stringify!($field)) {
                    Some(node) => <$type as crate::spec::read::Read>::read(node, reader),
                    None => {
                        let absent = <$type as crate::spec::read::Read>::absent();
                        if absent.is_none() {
                            reader.problem(node, concat!("`", stringify!($field), "` is missing"));
                        }
                        absent
                    }
                };)*
                Some(Self { $($field: $field?),* })
            }

            fn or(self, other: Self) -> Self {
                Self { $($field: crate::spec::read::Read::or(self.$field, other.$field)),* }
            }

            fn shape() -> crate::spec::shape::Shape {
                crate::spec::shape::Shape::Object {
                    name: stringify!($name),
                    about: crate::spec::declare::joined(&[$($about),+]),
                    fields: Self::fields(),
                }
            }
        }
    )*};
}

/// Declares an enum that is read from one of these words.
macro_rules! words {
    ($($(#[doc = $about:literal])+ $visibility:vis enum $name:ident {
        $($(#[doc = $word_about:literal])+ $variant:ident = $word:literal,)*
    })*) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $($(#[doc = $word_about])+ $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that a spec uses.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it stands for.
            pub fn about(self) -> String {
                match self { $(Self::$variant => crate::spec::declare::joined(&[$($word_about),+])),* }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_word(&word).ok_or_else(|| serde::de::Error::unknown_variant(&word, &[$($word),*]))
            }
        }

        impl crate::spec::read::Read for $name {
            fn read(
                node: &crate::yaml::Node,
                reader: &mut crate::spec::read::Reader,
            ) -> Option<Self> {
                let words = [$($word),*];
                let text = crate::spec::read::scalar(node, &format!("one of {}", words.join(", ")), reader)?;
                let found = Self::from_word(text);
                if found.is_none() {
                    let shown = reader.quoted(node, text);
                    reader.problem_with_hint(
                        node,
                        format!("{shown} is not one of {}", words.join(", ")),
                        crate::diagnostic::did_you_mean(text, words),
                    );
                }
                found
            }

            fn shape() -> crate::spec::shape::Shape {
                crate::spec::shape::Shape::Word(vec![$(($word, concat!($($word_about),+).trim_ascii())),*])
            }
        }
    )*};
}

pub(crate) use {fields, words};

/// Doc comment lines as one text.
pub(crate) fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
