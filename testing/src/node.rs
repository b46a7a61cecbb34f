use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::locked::{make_once, run};
use crate::{Skipped, program, skip, tools_folder, workspace_root};

/// The `node_modules` folder that holds what `testing/node/<set>/package-lock.json` pins.
pub fn node_tools(set: &str) -> Result<PathBuf, Skipped> {
    let source = workspace_root().join("testing/node").join(set);
    let read = |name: &str| {
        let path = source.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (manifest, lock) = (read("package.json"), read("package-lock.json"));
    let npm = program("npm")?;
    let folder = tools_folder().join(format!("node-{set}"));
    make_once(&folder, &format!("{manifest}{lock}"), || {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fs::write(folder.join("package.json"), &manifest).map_err(|error| error.to_string())?;
        fs::write(folder.join("package-lock.json"), &lock).map_err(|error| error.to_string())?;
        run(Command::new(npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder))
    })
    .map_err(|error| skip(&format!("the Node tools `{set}` could not be installed: {error}")))?;
    Ok(folder.join("node_modules"))
}
