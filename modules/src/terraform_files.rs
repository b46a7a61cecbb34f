use serde::Serialize;

use crate::RenderError;
use crate::cloud::TerraformFile;
use crate::text::Templates;

/// A cloud's files of Terraform, each from the template of its name in the cloud's folder.
pub(crate) struct TerraformFiles<'a> {
    templates: &'a Templates,
    cloud: &'static str,
    rendered: Vec<TerraformFile>,
}

impl<'a> TerraformFiles<'a> {
    pub(crate) fn new(templates: &'a Templates, cloud: &'static str) -> Self {
        Self { templates, cloud, rendered: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: &'static str, context: &impl Serialize) -> Result<(), RenderError> {
        let text = self.templates.render(&format!("{}/{name}", self.cloud), context)?;
        self.rendered.push((name, text));
        Ok(())
    }

    pub(crate) fn rendered(self) -> Vec<TerraformFile> {
        self.rendered
    }
}
