//! A bad network in front of a store.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use provision_engine::random::Random;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    /// 503, and the store never hears of it.
    Busy,
    /// Cut off before it arrives.
    Cut,
    /// It is done, and the answer is lost.
    Lost,
}

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// A third of all requests goes wrong.
    Bad,
    /// Conditions get lost on the way: the store does not heed them.
    Heedless,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) busy: AtomicUsize,
    pub(crate) cut: AtomicUsize,
    pub(crate) lost: AtomicUsize,
}

/// Starts it; it lasts as long as the process. Returns its address.
pub(crate) fn start(upstream: &str, weather: Weather, seed: u64) -> (String, Arc<Counts>) {
    let upstream = upstream.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let counts = Arc::new(Counts::default());
    let told = counts.clone();
    std::thread::spawn(move || {
        let random = Random::new(seed);
        for client in listener.incoming().flatten() {
            let (upstream, counts) = (upstream.clone(), told.clone());
            let fate = match random.next() % 9 {
                _ if weather == Weather::Heedless => Fate::Passes,
                0 => Fate::Busy,
                1 => Fate::Cut,
                2 => Fate::Lost,
                _ => Fate::Passes,
            };
            std::thread::spawn(move || {
                // A connection that ends early is what this is about.
                let _ = answer(&client, &upstream, fate, weather, &counts);
            });
        }
    });
    (address, counts)
}

/// The address of somebody who takes every connection and never says a word.
pub(crate) fn silence() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // Kept, so that none of them is closed.
        let _taken: Vec<TcpStream> = listener.incoming().flatten().collect();
    });
    address
}

/// One request a connection, so that each has its own fate.
fn answer(
    client: &TcpStream,
    upstream: &str,
    fate: Fate,
    weather: Weather,
    counts: &Counts,
) -> std::io::Result<()> {
    let (head, body) = request(client)?;
    let count = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
    match fate {
        Fate::Cut => {
            count(&counts.cut);
            return Ok(());
        }
        Fate::Busy => {
            count(&counts.busy);
            let busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let mut client = client;
            return client.write_all(busy.as_bytes());
        }
        Fate::Passes | Fate::Lost => {}
    }
    let mut store = TcpStream::connect(upstream)?;
    store.write_all(&sent_on(&head, weather))?;
    store.write_all(&body)?;
    let mut reply = Vec::new();
    store.read_to_end(&mut reply)?;
    if fate == Fate::Lost {
        count(&counts.lost);
        return Ok(());
    }
    let mut client = client;
    client.write_all(&reply)
}

/// The lines of the head, and the body as it came.
fn request(client: &TcpStream) -> std::io::Result<(Vec<String>, Vec<u8>)> {
    let mut reader = BufReader::new(client);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        head.push(line.to_owned());
    }
    let mut body = Vec::new();
    if header(&head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        chunks(&mut reader, &mut body)?;
    } else {
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        reader.take(length).read_to_end(&mut body)?;
    }
    Ok((head, body))
}

fn header<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    head.iter().find_map(|line| {
        let (at, value) = line.split_once(':')?;
        at.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// As they come, with their lengths.
fn chunks(reader: &mut BufReader<&TcpStream>, body: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        body.extend_from_slice(line.as_bytes());
        let length = line.trim().split(';').next().unwrap_or_default();
        let length = u64::from_str_radix(length, 16).map_err(|_| std::io::ErrorKind::InvalidData)?;
        if length == 0 {
            // Trailers, up to an empty line.
            loop {
                let mut line = String::new();
                reader.read_line(&mut line)?;
                body.extend_from_slice(line.as_bytes());
                if line.trim().is_empty() {
                    return Ok(());
                }
            }
        }
        reader.take(length + 2).read_to_end(body)?;
    }
}

fn sent_on(head: &[String], weather: Weather) -> Vec<u8> {
    let mut text = String::new();
    for (index, line) in head.iter().enumerate() {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        let is_condition = matches!(name.as_str(), "if-match" | "if-none-match");
        if name == "connection" || (is_condition && weather == Weather::Heedless) {
            continue;
        }
        if index == 0 && weather == Weather::Heedless {
            text += &line.replace("ifGenerationMatch", "ignored");
        } else {
            text += line;
        }
        text += "\r\n";
    }
    text += "Connection: close\r\n\r\n";
    text.into_bytes()
}
