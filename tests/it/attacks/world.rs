//! What attackers are after: files, a socket, listeners, an environment, a bystander. Each holds or guards the same secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::support::Place;
use super::header::Reached;

/// A command that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(100);

/// One place with everything in it that an attack could be after.
pub(super) struct World {
    pub(super) place: Place,
    pub(super) secret: String,
    tcp: TcpListener,
    udp: UdpSocket,
    path: UnixListener,
    bystander: Child,
    before: Untouched,
}

/// What must be the same afterwards.
#[derive(Debug, PartialEq, Eq)]
struct Untouched {
    files: BTreeMap<PathBuf, (u32, Vec<u8>)>,
    bystander: String,
}

/// What came of a command.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) status: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// Processes of the run that are still there.
    pub(super) left: Vec<String>,
}

/// A secret that nobody can have guessed and no other run has.
fn fresh_secret() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    format!("canary-{}-{number}-{nanos:x}", std::process::id())
}

impl World {
    pub(super) fn new() -> Self {
        let place = Place::new();
        let secret = fresh_secret();
        let folder = place.work().join("canaries");
        // Everybody may read and write all of it: what keeps a program away must be the sandbox.
        let open =
            |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        for path in [place.work().parent().unwrap(), &place.work(), &place.home()] {
            open(path, 0o777);
        }
        for (name, text) in [
            ("secret.txt", secret.as_str()),
            ("target.txt", "as it was"),
            (
                "neighbour/main.rs",
                &format!("// {secret}\nfn main() {{}}\n"),
            ),
            (
                "solutions/hello/main.rs",
                &format!("// {secret}\nfn main() {{}}\n"),
            ),
        ] {
            place.write(&format!("canaries/{name}"), text);
            open(&folder.join(name), 0o666);
            open(folder.join(name).parent().unwrap(), 0o777);
        }
        open(&folder, 0o777);
        let at_home = place.home().join("id_rsa");
        fs::write(&at_home, &secret).unwrap();
        open(&at_home, 0o666);
        let path = UnixListener::bind(folder.join("socket")).unwrap();
        open(&folder.join("socket"), 0o777);
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        path.set_nonblocking(true).unwrap();
        let bystander = Command::new("sleep")
            .arg("300")
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut world = Self {
            place,
            secret,
            tcp,
            udp,
            path,
            bystander,
            before: Untouched {
                files: BTreeMap::new(),
                bystander: String::new(),
            },
        };
        // It has become `sleep` and sleeps.
        let until = Instant::now() + Duration::from_secs(5);
        while !world.look().bystander.contains("sleep S") && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        world.before = world.look();
        world
    }

    fn folder(&self) -> PathBuf {
        self.place.work().join("canaries")
    }

    /// `text` with every `{canary}` in it put in, between these marks.
    pub(super) fn fill(&self, text: &str, marks: [char; 2]) -> String {
        let folder = self.folder();
        let at = |name: &str| folder.join(name).display().to_string();
        let home = self.place.home();
        [
            ("folder", folder.display().to_string()),
            ("secret", at("secret.txt")),
            ("target", at("target.txt")),
            ("neighbour", at("neighbour/main.rs")),
            ("solution", at("solutions/hello/main.rs")),
            ("socket", at("socket")),
            ("home", home.join("id_rsa").display().to_string()),
            ("tcp", self.tcp.local_addr().unwrap().port().to_string()),
            ("udp", self.udp.local_addr().unwrap().port().to_string()),
            ("bystander", self.bystander.id().to_string()),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{}{name}{}", marks[0], marks[1]), &value)
        })
    }

    /// Runs memgrade with the secret in its environment, among its arguments and on descriptor 9.
    pub(super) fn memgrade(&self, args: &[String], env: &[(&str, &str)]) -> Ran {
        let plain = self.place.command();
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "exec 9<\"$0\" && exec \"$@\""])
            .arg(self.folder().join("secret.txt"))
            .arg(plain.get_program())
            .args(args)
            .current_dir(self.place.work())
            .env_clear()
            .envs(
                plain
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("CANARY", &self.secret)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = child.id();
        let mut streams = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (stdout, stderr, status) = std::thread::scope(|scope| {
            let errors = scope.spawn(move || {
                let mut bytes = Vec::new();
                streams.1.read_to_end(&mut bytes).unwrap();
                bytes
            });
            let output = scope.spawn(move || {
                let mut bytes = Vec::new();
                streams.0.read_to_end(&mut bytes).unwrap();
                bytes
            });
            let deadline = Instant::now() + PATIENCE;
            let status = loop {
                match child.try_wait().unwrap() {
                    Some(status) => break status.code(),
                    None if Instant::now() > deadline => {
                        let _ = child.kill();
                        let _ = child.wait();
                        break None;
                    }
                    None => std::thread::sleep(Duration::from_millis(5)),
                }
            };
            (output.join().unwrap(), errors.join().unwrap(), status)
        });
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).expect("what memgrade writes is UTF-8");
        Ran {
            status,
            stdout: text(stdout),
            stderr: text(stderr),
            left: left_of(pid),
        }
    }

    fn look(&self) -> Untouched {
        let mut files = BTreeMap::new();
        walk(&self.folder(), &mut files);
        walk(&self.place.home(), &mut files);
        let pid = self.bystander.id();
        let read =
            |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let stat = read("stat");
        let after_name: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        // State; priority and nice value.
        let states = [0, 15, 16].map(|at| after_name.get(at).copied().unwrap_or("gone"));
        let bystander = format!(
            "{} {}\n{}\n{}",
            read("comm").trim(),
            states.join(" "),
            read("limits"),
            read("oom_score_adj")
        );
        Untouched { files, bystander }
    }

    /// What stands in the results but JSON and the gradebook: pages, tables, and a text for each student.
    pub(super) fn written_for_people(&self) -> String {
        let mut results = BTreeMap::new();
        walk(&self.place.work().join("results"), &mut results);
        let data = ["json", "sqlite"];
        results.retain(|path, _| {
            path.extension()
                .is_none_or(|end| !data.iter().any(|data| end == *data))
        });
        let mut text = String::new();
        for (path, (_, bytes)) in &results {
            // Its first line is none of the file before.
            let _ = write!(
                text,
                "{}: {}",
                path.display(),
                String::from_utf8_lossy(bytes)
            );
        }
        text
    }

    /// What is not as it was, or was called.
    pub(super) fn wrongs(&self, ran: &Ran) -> Vec<(Reached, String)> {
        let mut wrongs = Vec::new();
        let now = self.look();
        if now.files != self.before.files {
            let differs = |path: &&PathBuf| now.files.get(*path) != self.before.files.get(*path);
            let paths = now.files.keys().chain(self.before.files.keys());
            let which: Vec<_> = paths.filter(differs).collect();
            wrongs.push((Reached::Changed, format!("changed: {which:?}")));
        }
        if now.bystander != self.before.bystander {
            wrongs.push((
                Reached::Harmed,
                format!(
                    "the bystander was {}, is {}",
                    self.before.bystander, now.bystander
                ),
            ));
        }
        let mut byte = [0];
        for (name, called) in [
            ("TCP", self.tcp.accept().is_ok()),
            ("UDP", self.udp.recv(&mut byte).is_ok()),
            ("path", self.path.accept().is_ok()),
        ] {
            if called {
                wrongs.push((
                    Reached::Knocked,
                    format!("somebody called at the {name} socket"),
                ));
            }
        }
        if ran.stdout.contains(&self.secret) || ran.stderr.contains(&self.secret) {
            wrongs.push((Reached::Secret, "the secret is out".to_owned()));
        }
        let mut results = BTreeMap::new();
        walk(&self.place.work().join("results"), &mut results);
        let secret = self.secret.as_bytes();
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        for (path, (_, bytes)) in results {
            if holds(&bytes) {
                wrongs.push((
                    Reached::Secret,
                    format!("the secret is in {}", path.display()),
                ));
            }
        }
        wrongs
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.bystander.kill();
        let _ = self.bystander.wait();
    }
}

/// Every file below a folder, with its mode and content.
fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let meta = fs::symlink_metadata(&path).unwrap();
        let content = if meta.is_file() {
            fs::read(&path).unwrap_or_default()
        } else {
            Vec::new()
        };
        found.insert(path.clone(), (meta.permissions().mode(), content));
        if meta.is_dir() {
            walk(&path, found);
        }
    }
}

/// Processes that carry the mark of a run of this memgrade (`Mark` in `src/sandbox/confine.rs`) and are no zombies.
fn left_of(memgrade: u32) -> Vec<String> {
    let mut left = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let read = |name: &str| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
        let limits = read("limits");
        let Some(locks) = limits
            .lines()
            .find(|line| line.starts_with("Max file locks"))
        else {
            continue;
        };
        let soft = locks["Max file locks".len()..].split_whitespace().next();
        let Some(mark) = soft.and_then(|text| text.parse::<u64>().ok()) else {
            continue;
        };
        let ours = mark >> 62 == 1 && (mark >> 32) & 0x3fff_ffff == u64::from(memgrade);
        if ours && !read("stat").contains(") Z ") {
            left.push(read("comm"));
        }
    }
    left
}
