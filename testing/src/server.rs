use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Fetching and starting a server may take so long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that listens on a loopback port. It ends with this value, and with the process that holds it, however
/// that ends.
pub struct Server {
    supervisor: Child,
    pub port: u16,
}

/// Ends the program when the pipe to the test closes.
const SUPERVISOR: &str = r#""$@" </dev/null & program=$!; cat >/dev/null; kill "$program" 2>/dev/null"#;

impl Server {
    /// Starts `command`, which listens on `port`, and waits until it does.
    pub fn start(command: &Command, port: u16) -> Self {
        let mut supervisor = Command::new("sh");
        supervisor.args(["-c", SUPERVISOR, "sh"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => supervisor.env(name, value),
                None => supervisor.env_remove(name),
            };
        }
        let mut supervisor = supervisor
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > PATIENCE {
                drop(supervisor.stdin.take());
                let mut said = String::new();
                if let Some(mut stderr) = supervisor.stderr.take() {
                    let _ = stderr.read_to_string(&mut said);
                }
                panic!("{command:?} does not listen on port {port}\n{said}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // Nobody reads on: a full pipe would stop the server.
        if let Some(mut stderr) = supervisor.stderr.take() {
            std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        }
        Server { supervisor, port }
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// A loopback port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    listener.local_addr().expect("it is bound").port()
}
