use std::path::{Path, PathBuf};
use std::process::Command;

use crate::locked::{make_once, run};
use crate::{Skipped, program, skip, tools_folder, workspace_root};

/// The `bin` folder of a virtual environment that holds what `testing/python/<set>.txt` pins.
pub fn python_tools(set: &str) -> Result<PathBuf, Skipped> {
    let requirements = workspace_root().join("testing/python").join(format!("{set}.txt"));
    let stamp = std::fs::read_to_string(&requirements)
        .unwrap_or_else(|error| panic!("{}: {error}", requirements.display()));
    let python = program("python3")?;
    let folder = tools_folder().join(format!("python-{set}"));
    make_once(&folder, &stamp, || create(&python, &folder, &requirements))
        .map_err(|error| skip(&format!("the Python tools `{set}` could not be installed: {error}")))?;
    Ok(folder.join("bin"))
}

/// One program of such an environment.
pub fn python_tool(set: &str, name: &str) -> Result<PathBuf, Skipped> {
    let tool = python_tools(set)?.join(name);
    assert!(tool.is_file(), "{} is not among what testing/python/{set}.txt installs", tool.display());
    Ok(tool)
}

fn create(python: &Path, folder: &Path, requirements: &Path) -> Result<(), String> {
    run(Command::new(python).args(["-m", "venv"]).arg(folder))?;
    run(Command::new(folder.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"])
        .arg(requirements))
}
