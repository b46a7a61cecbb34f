use crate::text::{Overrides, TemplateError, Templates};

/// Lists the files of `templates/` that this room fills.
macro_rules! built_in {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

/// Name and text of every template of ours.
pub fn template_texts() -> &'static [(&'static str, &'static str)] {
    built_in![
        "aws/boot_values.tf",
        "aws/compute.tf",
        "aws/database.tf",
        "aws/identity.tf",
        "aws/inner_balancers.tf",
        "aws/kafka.tf",
        "aws/load_balancer.tf",
        "aws/network.tf",
        "aws/node.tf",
        "aws/object_storage.tf",
        "aws/outputs.tf",
        "aws/search.tf",
        "aws/security.tf",
        "aws/shared_storage.tf",
        "aws/variables.tf",
        "aws/versions.tf",
        "README.md",
        "cluster/boot-values.sh",
        "cluster/kafka.env",
        "cluster/node.service",
        "cluster/search.env",
        "events/component.env",
        "host/boot-values.sh",
        "host/cloud-init.yaml",
        "host/component.service",
        "host/finish.service",
        "host/finish.sh",
        "kestra/application.yaml",
        "octopus/server.env",
        "rudderstack/server.env",
        "rudderstack/transformer.env",
    ]
}

/// Our templates, with a user's in their places.
pub fn load_templates(overrides: &Overrides) -> Result<Templates, TemplateError> {
    Templates::load(template_texts().iter().copied(), overrides)
}
