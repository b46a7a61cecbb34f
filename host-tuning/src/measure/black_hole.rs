use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use socket2::{SockFilter, SockRef};

use super::{Experiment, Observation, Seconds};

/// `ret 0` of the classic packet filter: every segment is dropped before the peer sees it.
const DROP_EVERYTHING: SockFilter = SockFilter::new(0x06, 0, 0, 0);
/// Enough for a settled round-trip time.
const WARM_UP: usize = 20;

/// Inside the namespace: a connection whose peer falls silent, and how long this end takes to notice.
pub(super) fn run(experiment: &Experiment, patience: Duration) -> io::Result<Observation> {
    set("tcp_retries2", u32::from(experiment.retries2))?;
    if let Some(cap) = experiment.rto_max_ms {
        set("tcp_rto_max_ms", cap)?;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut peer, _) = listener.accept()?;
    if let Some(timeout) = experiment.user_timeout_ms {
        SockRef::from(&client).set_tcp_user_timeout(Some(Duration::from_millis(u64::from(timeout))))?;
    }
    talk(&mut client, &mut peer)?;
    SockRef::from(&peer).attach_filter(&[DROP_EVERYTHING])?;
    client.set_read_timeout(Some(patience))?;
    let start = Instant::now();
    client.write_all(&[0; 100])?;
    let error = match client.read(&mut [0; 1]) {
        Ok(_) => return Err(io::Error::other("the silent peer answered")),
        Err(error)
            if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) && !is_dead(&error) =>
        {
            return Err(io::Error::other(format!("no error came within {:.1} s", patience.as_secs_f64())));
        }
        Err(error) => error,
    };
    Ok(Observation { seconds: Seconds(start.elapsed()), error: name(&error) })
}

/// Both ways, so that no acknowledgement is delayed and the round trip is a real one.
fn talk(client: &mut TcpStream, peer: &mut TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    peer.set_nodelay(true)?;
    let mut buffer = [0; 100];
    for _ in 0..WARM_UP {
        client.write_all(&buffer)?;
        peer.read_exact(&mut buffer)?;
        peer.write_all(&buffer)?;
        client.read_exact(&mut buffer)?;
        std::thread::sleep(Duration::from_millis(5));
    }
    // Nothing may be outstanding when the clock starts.
    std::thread::sleep(Duration::from_millis(60));
    Ok(())
}

fn set(name: &str, value: u32) -> io::Result<()> {
    let path = format!("/proc/sys/net/ipv4/{name}");
    fs::write(&path, value.to_string())
        .map_err(|error| io::Error::new(error.kind(), format!("{path} = {value}: {error}")))
}

fn is_dead(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::TIMEDOUT.raw_os_error())
}

fn name(error: &io::Error) -> String {
    let known = [
        (Errno::TIMEDOUT, "ETIMEDOUT"),
        (Errno::HOSTUNREACH, "EHOSTUNREACH"),
        (Errno::NETUNREACH, "ENETUNREACH"),
        (Errno::CONNRESET, "ECONNRESET"),
    ];
    let code = error.raw_os_error();
    known
        .into_iter()
        .find(|(errno, _)| code == Some(errno.raw_os_error()))
        .map_or_else(|| error.to_string(), |(_, name)| name.to_owned())
}
