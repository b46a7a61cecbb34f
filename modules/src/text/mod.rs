//! From templates to text in which no value can break out of its place.
//!
//! Tera fills the templates. Its escape function only *marks* where a value begins and ends; a pass over the whole
//! text then knows what stands around each value and escapes it for exactly that place, or refuses the place. A value
//! outside of quotes, in a heredoc or next to a lone `$` is an error of the template, never a hole.

mod canonical;
mod engine;
mod expr;
mod file_type;
mod marks;
mod markup;
mod overrides;
mod place;
mod source;
mod templates;

pub use expr::{Expr, NotAnExpression};
pub use file_type::{FileType, UnknownFileType};
pub use markup::{Markup, NoDrawing};
pub use overrides::{Overrides, OverridesError};
pub use place::Misplaced;
pub use templates::{Listed, Origin, TemplateError, Templates};
