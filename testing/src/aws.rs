//! An AWS of this process: moto with the shim of `clouds/aws/tests/emulator/`, on a free loopback port.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value as Json, json};

use crate::{Skipped, python_tool, workspace_root};

/// It ends when this value or this process does, however that ends: it reads from a pipe of ours.
pub struct AwsEmulator {
    /// None for one that another one was copied into.
    process: Option<Child>,
    python: PathBuf,
    port: u16,
}

fn script(name: &str) -> PathBuf {
    workspace_root().join("clouds/aws/tests/emulator").join(name)
}

impl AwsEmulator {
    /// Where the tests' estates are.
    pub const REGION: &'static str = "eu-west-1";

    /// An account with nothing in it: a copy of one that has answered for every service already, because what it loads
    /// for its first answers takes longer than most tests.
    pub fn fresh() -> Result<Self, Skipped> {
        static FIRST: Mutex<Option<AwsEmulator>> = Mutex::new(None);
        let mut first = FIRST.lock().expect("nobody panicked while it was copied");
        if first.is_none() {
            let emulator = AwsEmulator::start()?;
            emulator.everything();
            emulator.shim("calls", &json!({"forget": true}));
            *first = Some(emulator);
        }
        Ok(first.as_ref().expect("there is one now").fork(0))
    }

    fn start() -> Result<Self, Skipped> {
        let python = python_tool("aws", "python")?;
        let mut process = Command::new(&python)
            .arg(script("serve.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it is");
        let mut complaints = process.stderr.take().expect("a pipe");
        let said: Json = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut errors = String::new();
            let _ = complaints.read_to_string(&mut errors);
            panic!("the emulator did not start: {errors}")
        });
        // Nobody reads what it complains about; a full pipe would stop it.
        std::thread::spawn(move || std::io::copy(&mut complaints, &mut std::io::sink()));
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        Ok(AwsEmulator { process: Some(process), python, port })
    }

    /// Another one, that begins where this one stands; on that port if it is free, and on any for 0. Nothing else may
    /// be asked of this one meanwhile.
    pub fn fork(&self, port: u16) -> Self {
        let said = self.shim("fork", &json!({"port": port}));
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        AwsEmulator { process: None, python: self.python.clone(), port }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How a client of AWS' own finds it, and may ask it.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_REGION", Self::REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// Tells the shim something, or asks it.
    pub fn shim(&self, word: &str, given: &Json) -> Json {
        let answer = self.asked(word, given).expect("it answers");
        let text = answer.split_once("\r\n\r\n").map_or("", |(_, text)| text);
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{word}: {error}: {answer}"))
    }

    fn asked(&self, word: &str, given: &Json) -> std::io::Result<String> {
        let body = given.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let length = body.len();
        write!(
            stream,
            "POST /_shim/{word} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Everything that lives, as boto3 sees it: category → id → what the service says.
    pub fn everything(&self) -> Json {
        let text = self.python("everything.py", &[&self.endpoint(), Self::REGION]);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("everything.py: {error}: {text}"))
    }

    /// Does something by hand, through boto3: nobody told the engine of it.
    pub fn act(&self, service: &str, operation: &str, arguments: &Json) -> Json {
        let arguments = arguments.to_string();
        let text = self.python("act.py", &[&self.endpoint(), Self::REGION, service, operation, &arguments]);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("act.py: {error}: {text}"))
    }

    pub fn python(&self, name: &str, arguments: &[&str]) -> String {
        let output = Command::new(&self.python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script(name))
            .args(arguments)
            .output()
            .expect("python starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for AwsEmulator {
    fn drop(&mut self) {
        let Some(process) = &mut self.process else {
            // It ends instead of an answer.
            let _ = self.asked("end", &json!({}));
            return;
        };
        drop(process.stdin.take());
        let _ = process.wait();
    }
}
