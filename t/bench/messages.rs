// SPDX-License-Identifier: BSD-2-Clause

// The ends of bench_messages in Rust, with buffers of the size of guarded
// ports.
use std::io::{BufRead, BufReader, BufWriter, Result, Write};
use std::os::unix::io::FromRawFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

const LINE: &[u8] = b"0123456789012345678901234567890\n";
const BUFFER_SIZE: usize = 192 << 10;

fn send(out: &mut impl Write, frames: bool, count: usize) -> Result<()> {
    for _ in 0..count {
        if frames {
            out.write_all(&(LINE.len() as u32).to_be_bytes())?;
        }
        out.write_all(LINE)?;
    }
    out.flush()
}

fn receive(input: &mut impl BufRead, frames: bool, count: usize) -> Result<()> {
    let mut message = Vec::with_capacity(256);
    let mut prefix = [0; 4];
    for _ in 0..count {
        if frames {
            input.read_exact(&mut prefix)?;
            message.resize(u32::from_be_bytes(prefix) as usize, 0);
            input.read_exact(&mut message)?;
        } else {
            message.clear();
            input.read_until(b'\n', &mut message)?;
        }
        assert!(message.len() == LINE.len(), "a message has changed");
        std::hint::black_box(&message);
    }
    Ok(())
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let frames = words[1] == "frames";
    let count: usize = words[3].parse().expect("a count");
    let socket = unsafe { UnixStream::from_raw_fd(0) };
    if words[2] == "send" {
        let mut out = BufWriter::with_capacity(BUFFER_SIZE, socket);
        return send(&mut out, frames, count / 16 + count);
    }
    let mut input = BufReader::with_capacity(BUFFER_SIZE, socket);
    receive(&mut input, frames, count / 16)?;
    let start = Instant::now();
    receive(&mut input, frames, count)?;
    println!("{:.0}", count as f64 / start.elapsed().as_secs_f64());
    Ok(())
}
