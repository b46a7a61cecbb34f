//! Validated values: what has one of these types can be put into a name, a file or a template without a second look.

mod date;
mod duration;
mod image;
mod network;
mod objective;
mod place;
mod text;
mod version;

pub use date::Date;
pub use duration::Duration;
pub use image::ImageReference;
pub use network::{Cidr, HostName, Port};
pub use objective::{Demand, DemandedState, Objective};
pub use text::{
    Address, DeploymentName, Identifier, LedgerLocation, MachineType, Region, RuleId, SecretName, SysctlKey,
    SysctlValue, TagKey, TagValue, Text, ZoneName,
};
pub use version::{Version, VersionRange};

/// Why a text is not a valid value: a sentence that begins after "`text`: ".
pub type Refusal = String;

/// Declares a value that is a checked text.
macro_rules! checked_text {
    ($($(#[doc = $about:literal])+ $name:ident: $check:path, pattern $pattern:expr, examples $examples:expr;)*) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl TryFrom<&str> for $name {
            type Error = crate::values::Refusal;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        crate::values::read_by_try_from!($name, concat!($($about),+), $pattern, $examples);
    )*};
}

/// Gives a type that is made by `TryFrom<&str>` its reader and its shape.
macro_rules! read_by_try_from {
    ($name:ty, $about:expr, $pattern:expr, $examples:expr) => {
        impl crate::spec::read::Read for $name {
            fn read(node: &crate::yaml::Node, reader: &mut crate::spec::read::Reader) -> Option<Self> {
                let text = crate::spec::read::scalar(node, "a text", reader)?;
                match <$name>::try_from(text) {
                    Ok(value) => Some(value),
                    Err(refusal) => {
                        let shown = reader.quoted(node, text);
                        reader.problem(node, format!("{shown}: {refusal}"));
                        None
                    }
                }
            }

            fn shape() -> crate::spec::shape::Shape {
                crate::spec::shape::Shape::Text {
                    about: $about.trim_ascii(),
                    pattern: $pattern,
                    examples: $examples,
                }
            }
        }
    };
}

pub(crate) use {checked_text, read_by_try_from};
