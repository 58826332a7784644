//! A server in a process of its own, and what the system says it cost.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sim::real::Stopwatch;
use tempfile::TempDir;

use crate::{Failure, Programs};

/// A running server; dropped, it is stopped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its working folder, where no project file lies about.
    _folder: TempDir,
}

impl Server {
    /// `mockwx serve` on a free port.
    pub(crate) fn mockwx(programs: &Programs) -> Result<Self, Failure> {
        Self::start(&programs.mockwx, |port_file| vec!["serve", "--listen", "127.0.0.1:0", "--port-file", port_file])
    }

    /// The floor on a free port.
    pub(crate) fn floor(programs: &Programs) -> Result<Self, Failure> {
        Self::start(&programs.floor, |port_file| vec!["--floor", port_file])
    }

    fn start(program: &Path, arguments: impl for<'a> Fn(&'a str) -> Vec<&'a str>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let port_file = folder.path().join("port");
        let port_text = port_file.to_str().ok_or("the temporary folder's name is not text")?;
        let mut command = Command::new(program);
        command.args(arguments(port_text)).current_dir(folder.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), _folder: folder };
        let watch = Stopwatch::start();
        loop {
            if let Some(port) = fs::read_to_string(&port_file).ok().and_then(|text| text.trim().parse().ok()) {
                server.address.set_port(port);
                return Ok(server);
            }
            if watch.elapsed() > Duration::from_secs(5) {
                return Err(format!("{} did not start within 5 s", program.display()).into());
            }
            std::thread::yield_now();
        }
    }

    /// CPU time it has used so far.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is the program's name in brackets and may hold blanks: count from behind it.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        // Linux counts in hundredths of a second towards programs, whatever the kernel's own tick is.
        Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
    }

    /// Memory it holds at present, in MiB.
    pub(crate) fn memory(&self) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(kib / 1024.0)
    }

    /// One request on a connection of its own; the answer's body as JSON.
    pub(crate) fn call(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Result<serde_json::Value, Failure> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(&request(method, target, &format!("Connection: close\r\n{headers}"), body))?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{target}: no whole answer"))?;
        serde_json::from_str(body).map_err(|e| format!("{method} {target}: {e}: {body}").into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good as stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bytes of a request; `headers` are whole lines.
pub(crate) fn request(method: &str, target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length =
        if body.is_empty() && method == "GET" { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{length}\r\n{body}").into_bytes()
}
