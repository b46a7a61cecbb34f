//! The emulator itself: tests are worth what it is worth.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::emulator::Emulator;
use crate::support::Tried;

pub(crate) fn behaves_as_documented() -> Tried {
    let emulator = Emulator::fresh()?;
    let said = emulator.python("check.py", &[&emulator.endpoint()]);
    assert_eq!(said.trim(), "as documented");
    Ok(())
}

/// Somebody else's connection may have got the number that a copy had before.
pub(crate) fn a_copy_is_made_also_where_its_port_is_taken() -> Tried {
    let emulator = Emulator::fresh()?;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let copy = emulator.fork(port);
    assert_ne!(copy.port(), port);
    assert!(TcpStream::connect(("127.0.0.1", copy.port())).is_ok());
    Ok(())
}

/// A process of ours starts one and is killed before it can stop it.
pub(crate) fn goes_with_the_process_that_started_it() -> Tried {
    provision_testing::python_tools("aws")?;
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["child", "emulator"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    process.kill().unwrap();
    process.wait().unwrap();
    let started = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(10), "{address} still answers");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
