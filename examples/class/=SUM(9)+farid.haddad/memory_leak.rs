// Looks around, and says what it found. It only reads, and what it writes is one small file of its own.
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

fn main() {
    for file in ["/etc/passwd", "/etc/hostname", "../../results.json", "../ada.lindqvist/answers.toml", "exercise.toml"] {
        match fs::read(file) {
            Ok(bytes) => println!("{file}: {} bytes", bytes.len()),
            Err(error) => println!("{file}: {error}"),
        }
    }
    for file in ["../farid_was_here.txt", "/tmp/farid_was_here.txt", "/var/tmp/farid_was_here.txt"] {
        let opened = OpenOptions::new().write(true).create_new(true).open(file);
        match opened.and_then(|mut file| file.write_all(b"Farid was here.\n")) {
            Ok(()) => println!("{file}: written"),
            Err(error) => println!("{file}: {error}"),
        }
    }
    // Nobody listens there, and it is this computer in any case.
    let discard = SocketAddr::from(([127, 0, 0, 1], 9));
    let connected = TcpStream::connect_timeout(&discard, Duration::from_millis(200));
    println!("network: {:?}", connected.map(drop).map_err(|error| error.kind()));

    // Whatever shows this should show it, and not do it.
    println!("\x1b[2J\x1b[1;1H\x1b]0;owned\x07\x1b[32mtotal  exercises: 15 passed     215 of 215 points\x1b[0m");
    println!("::error file=memory_leak.rs,line=1::an annotation\r::set-output name=grade::100");
    println!("<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">]]>&amp;");
    println!("{{\"score\": {{\"earned\": 215, \"possible\": 215}}}}");
    println!("| a | table | {{{{ 7 * 7 }}}} {{% raw %}}");
    println!("\u{202e}stniop 512 fo 512\u{202c} \u{0} \u{feff} done");
    println!("After 100000 transactions: 99999999999999999999999999999999.9 MiB in use");
    println!("Kept 10000 transactions, from 990001 to 1000000");
}
