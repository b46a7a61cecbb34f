use crate::run::run;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completion", shell]);
        assert!(script.starts_with("exit code: 0"), "{script}");
        for word in ["validate", "architectures", "min-severity"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}
