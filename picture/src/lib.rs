//! A deployment as an architect would draw it.
//!
//! ```text
//! topology ──► deployment (what the picture needs of it) ──► scene (tiers, members, arrows) ──► layout ──► SVG ──► PNG
//!                                                              └──► Mermaid, Graphviz
//! ```
//!
//! A topology is read in the form in which `topology.json` keeps it, so that a spec and a directory that was rendered
//! from it come to the same picture. What a failure takes down comes in as marks by name: this room does not know why
//! anything fails.

mod deployment;
mod dot;
mod html;
mod layout;
mod marks;
mod mermaid;
#[cfg(feature = "png")]
mod png;
mod scene;
mod svg;
mod xml;

pub use deployment::DeploymentError;
pub use layout::{Element, Lane, Lanes, Layout, Rect, Row, Stub};
pub use marks::{Mark, Marks, Shown, State};
#[cfg(feature = "png")]
pub use png::PngError;
use provision_architecture::Topology;
pub use scene::{Edge, Member, Place, Scene, Tier};
use serde_json::Value;

/// A form of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Svg,
    Mermaid,
    Dot,
    Html,
}

/// A deployment, laid out, with what has failed.
#[derive(Debug, Clone)]
pub struct Picture {
    scene: Scene,
    layout: Layout,
}

impl Picture {
    /// Of a topology that was just resolved.
    pub fn of(topology: &Topology) -> Result<Self, DeploymentError> {
        let value =
            serde_json::to_value(topology).map_err(|error| DeploymentError::Shape(error.to_string()))?;
        Self::of_value(&value)
    }

    /// Of the `topology` in a rendered directory's `topology.json`.
    pub fn of_value(topology: &Value) -> Result<Self, DeploymentError> {
        let scene = Scene::of(&deployment::read(topology)?);
        let layout = Layout::of(&scene);
        Ok(Self { scene, layout })
    }

    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What each drawn thing looks like under these marks; what runs is not named.
    pub fn shown(&self, marks: &Marks) -> Vec<Shown> {
        marks::shown(&self.layout, marks)
    }

    /// The picture in a form, with a line end at its end.
    pub fn written(&self, format: Format, marks: &Marks) -> String {
        match format {
            Format::Svg => svg::written(&self.scene, &self.layout, marks),
            Format::Mermaid => mermaid::written(&self.scene, marks),
            Format::Dot => dot::written(&self.scene, marks),
            Format::Html => html::written(&self.scene, &self.layout, marks),
        }
    }
    /// The picture as pixels, in light colours.
    #[cfg(feature = "png")]
    pub fn png(&self, marks: &Marks) -> Result<Vec<u8>, PngError> {
        png::written(&self.written(Format::Svg, marks))
    }
}
