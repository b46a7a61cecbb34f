//! The picture as pixels, for what takes no SVG. It is drawn from the SVG, in its light colours.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use thiserror::Error;

/// Why there are no pixels.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PngError {
    #[error("no fonts are installed here, and words would be missing")]
    NoFonts,
    #[error("it would have {width} by {height} points, which is more than can be held")]
    TooLarge { width: u32, height: u32 },
    #[error("its SVG can't be drawn: {0}")]
    Drawing(String),
}

/// Points for each one of the SVG: small words stay sharp.
const SCALE: u16 = 2;

pub(crate) fn written(svg: &str) -> Result<Vec<u8>, PngError> {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    // Where none of the families that the style names is there, any other is better than no words.
    let any = fonts.faces().flat_map(|face| &face.families).map(|(name, _)| name.clone()).min();
    let Some(any) = any else { return Err(PngError::NoFonts) };
    let is_there = |family: &&str| {
        fonts
            .query(&fontdb::Query { families: &[fontdb::Family::Name(family)], ..Default::default() })
            .is_some()
    };
    let usual = ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica"];
    let sans = usual.into_iter().find(is_there).map_or(any, str::to_owned);
    fonts.set_sans_serif_family(sans.clone());
    let options = Options { font_family: sans, fontdb: Arc::new(fonts), ..Options::default() };
    let drawing = |error: &dyn std::fmt::Display| PngError::Drawing(error.to_string());
    let tree = Tree::from_str(svg, &options).map_err(|error| drawing(&error))?;
    let scale = f32::from(SCALE);
    let size = tree.size().to_int_size();
    let (width, height) = (size.width() * u32::from(SCALE), size.height() * u32::from(SCALE));
    let mut pixels = Pixmap::new(width, height).ok_or(PngError::TooLarge { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| drawing(&error))
}
