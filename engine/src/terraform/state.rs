//! What the binary remembers, as a whole: to keep a copy, and to let go of it.

use serde_json::Value as Json;

use super::process::Watch;
use super::{Terraform, TerraformError};

/// Everything that it remembers. It holds secrets: a copy is for its owner alone.
pub struct State {
    pub text: String,
    /// What it knows of, with the address under which it is let go.
    pub addresses: Vec<String>,
}

impl Terraform<'_> {
    /// The state as it is now; none where it remembers nothing.
    pub async fn state(&self, watch: &Watch<'_>) -> Result<Option<State>, TerraformError> {
        let mut command = self.command("state");
        command.arg("pull");
        let text = self.captured("state pull", command, watch).await?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let said: Json = serde_json::from_str(&text)
            .map_err(|error| TerraformError::Unreadable("state pull", error.to_string()))?;
        let addresses: Vec<String> =
            said["resources"].as_array().into_iter().flatten().filter_map(address).collect();
        Ok((!addresses.is_empty()).then_some(State { text, addresses }))
    }

    /// Forgets everything. What lives is not touched.
    pub async fn forget(&self, state: &State, watch: &Watch<'_>) -> Result<(), TerraformError> {
        let mut command = self.command("state");
        command.arg("rm").arg(format!("-lock-timeout={}s", self.lock_timeout));
        // Its own copy would be readable for everybody; ours was made before.
        let mut backup = std::ffi::OsString::from("-backup=");
        backup.push(self.scratch.join("state-before"));
        command.arg(backup).args(&state.addresses);
        self.captured("state rm", command, watch).await.map(|_| ())
    }
}

/// Of all instances together: `module.a.aws_subnet.b`.
fn address(resource: &Json) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(resource["module"].as_str());
    parts.extend((resource["mode"] == "data").then_some("data"));
    parts.extend([resource["type"].as_str()?, resource["name"].as_str()?]);
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn resources_have_the_addresses_that_they_are_let_go_by() {
        let of = |resource: Json| address(&resource);
        assert_eq!(
            of(json!({ "mode": "managed", "type": "aws_vpc", "name": "main" })).as_deref(),
            Some("aws_vpc.main")
        );
        let inside = json!({ "module": "module.a[0]", "mode": "data", "type": "aws_ami", "name": "x" });
        assert_eq!(of(inside).as_deref(), Some("module.a[0].data.aws_ami.x"));
        assert_eq!(of(json!({ "mode": "managed" })), None);
    }
}
