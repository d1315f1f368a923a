//! Archives that mean no good, or are broken.

use super::*;
use proptest::prelude::*;
use std::io::Cursor;
use zip::write::SimpleFileOptions;

/// Opens a class in which `eve` hands in these bytes, and `ada` an ordinary archive.
fn class_with(name: &str, bytes: &[u8]) -> (tempfile::TempDir, Class) {
    let class = folder(&[]);
    fs::write(class.path().join(name), bytes).unwrap();
    let good = zip(&[("cycle.rs", MAIN)]);
    fs::write(class.path().join("ada.zip"), good).unwrap();
    let opened = open(class.path());
    assert_eq!(handed(&opened, "ada"), ["cycle.rs"]);
    (class, opened)
}

/// What is said of an archive from which nothing is taken.
fn refused(name: &str, bytes: &[u8]) -> String {
    let (_class, opened) = class_with(name, bytes);
    let eve = attempt(&opened, "eve");
    assert_eq!(eve.folder, None, "{:?}", eve.problems);
    eve.problems.join("; ")
}

/// What is taken, and what is said.
fn taken(name: &str, bytes: &[u8]) -> (Vec<String>, String) {
    let (_class, opened) = class_with(name, bytes);
    (
        handed(&opened, "eve"),
        attempt(&opened, "eve").problems.join("; "),
    )
}

fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, data) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(data.len() as u64);
        if matches!(kind, tar::EntryType::Symlink | tar::EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn paths_that_lead_out_are_left_out() {
    let names = [
        "cycle.rs",
        "../up.rs",
        "/abs.rs",
        "a/../../b.rs",
        "..\\w.rs",
        "C:\\x.rs",
        "a/NUL.rs",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, MAIN)).collect();
    let (in_zip, said) = taken("eve.zip", &zip(&files));
    assert_eq!(in_zip, ["cycle.rs"]);
    assert!(
        said.contains("left out of eve.zip: ../up.rs (its path leads out of the archive)"),
        "{said}"
    );
    assert!(said.contains("its path is absolute") && said.contains("begins with a drive"));
    let entries: Vec<_> = names
        .iter()
        .map(|name| (*name, tar::EntryType::Regular, MAIN.as_bytes()))
        .collect();
    let (in_tar, _) = taken("eve.tar.gz", &gzip(&tar_of(&entries)));
    assert_eq!(in_tar, ["cycle.rs"]);
}

#[test]
fn links_and_devices_are_left_out() {
    use tar::EntryType as E;
    let bytes = tar_of(&[
        ("cycle.rs", E::Regular, MAIN.as_bytes()),
        ("memory_leak", E::Symlink, b""),
        ("memory_leak/main.rs", E::Regular, MAIN.as_bytes()),
        ("hard.rs", E::Link, b""),
        ("pipe.rs", E::Fifo, b""),
        ("disk.rs", E::Block, b""),
        ("tty.rs", E::Char, b""),
        ("odd.rs", E::new(b'Q'), b""),
    ]);
    for (name, bytes) in [("eve.tgz", gzip(&bytes)), ("eve.tar", bytes)] {
        let (files, said) = taken(name, &bytes);
        assert_eq!(files, ["cycle.rs", "memory_leak/main.rs"]);
        for word in [
            "symbolic link",
            "hard link",
            "device or pipe",
            "no ordinary file",
        ] {
            assert!(said.contains(word), "{said}");
        }
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer
        .add_symlink("memory_leak.rs", "/etc/passwd", options)
        .unwrap();
    writer.start_file("cycle.rs", options).unwrap();
    let (files, said) = taken("eve.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(files, ["cycle.rs"]);
    assert!(said.contains("it is a symbolic link"));
}

#[cfg(unix)]
#[test]
fn links_between_students_are_not_followed() {
    let class = folder(&[("ada/cycle.rs", MAIN), ("bob/x.txt", "")]);
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(class.path().join(from), class.path().join(to)).unwrap();
    };
    link("ada", "eve");
    link("ada/cycle.rs", "bob/cycle.rs");
    link("ada", "bob/work");
    let opened = open(class.path());
    assert_eq!(ids(&opened), ["ada", "bob"]);
    assert_eq!(unrecognized(&opened), ["eve"]);
    let said = attempt(&opened, "bob").problems.join("; ");
    assert!(said.contains("work is a symbolic link"), "{said}");
}

/// A zip with the same file many times, compressed once.
fn copies(size: usize, count: usize, ending: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("0", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(&vec![b' '; size]).unwrap();
    let mut one = writer.finish_into_readable().unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..count {
        let file = one.by_index(0).unwrap();
        writer
            .raw_copy_file_rename(file, format!("{number}{ending}"))
            .unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn bombs_are_bounded() {
    let said = refused("eve.zip", &copies(3 << 20, 12, ".rs"));
    assert!(said.contains("(it is larger than 2 MiB)"), "{said}");
    assert!(said.contains("4 more entries"), "{said}");
    let said = refused("eve.zip", &copies(2 << 20, 20, ".rs"));
    assert!(said.contains("holds more than 32 MiB of source"), "{said}");
    let bomb = copies(3 << 20, 40, ".rs");
    assert!(bomb.len() < 1 << 20);
    let said = refused("eve.zip", &bomb);
    assert!(said.contains("as an archive bomb does"), "{said}");
    // What nobody needs does not even come out of a zip.
    let (files, _) = taken("eve.zip", &copies(3 << 20, 40, ".bin"));
    assert_eq!(files.len(), 40);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros.bin").unwrap();
    header.set_size(1 << 30);
    header.set_cksum();
    encoder.write_all(header.as_bytes()).unwrap();
    encoder.write_all(&vec![0; 70 << 20]).unwrap();
    let said = refused("eve.tar.gz", &encoder.finish().unwrap());
    assert!(said.contains("as an archive bomb does"), "{said}");
}

#[test]
fn long_names_do_not_fill_the_memory() {
    let long = vec![b'a'; 200 << 10];
    let bytes = tar_of(&[("././@LongLink", tar::EntryType::GNULongName, &long)]);
    let said = refused("eve.tar", &bytes);
    assert!(said.contains("a name of more than 64 KiB"), "{said}");
    // Ordinary long names are read.
    let name = format!("{}/cycle.rs", "d".repeat(150));
    let bytes = tar_gz(&[(&name, MAIN)]);
    let (files, _) = taken("eve.tar.gz", &bytes);
    assert_eq!(files, ["cycle.rs"]);
}

#[test]
fn too_much_is_refused() {
    let names: Vec<String> = (0..10_001).map(|n| format!("{n}.rs")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "")).collect();
    let said = refused("eve.zip", &zip(&files));
    assert!(said.contains("holds more than 10000 files"), "{said}");
    // What Cargo built does not count.
    let names: Vec<String> = (0..10_001).map(|n| format!("target/{n}.rs")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "")).collect();
    files.push(("cycle.rs", MAIN));
    let (files, said) = taken("eve.zip", &zip(&files));
    assert_eq!(
        (files.as_slice(), said.as_str()),
        (&["cycle.rs".to_owned()][..], "")
    );
    // A source that is too large costs only itself.
    let large = "x".repeat(3 << 20);
    let (files, said) = taken("eve.zip", &zip(&[("cycle.rs", MAIN), ("a.rs", &large)]));
    assert_eq!(files, ["cycle.rs"]);
    assert!(
        said.contains("left out of eve.zip: a.rs (it is larger than 2 MiB)"),
        "{said}"
    );
}

#[test]
fn clashes_are_told() {
    let files = [
        ("cycle.rs", "first"),
        ("CYCLE.rs", "second"),
        ("a/x.rs", ""),
        ("A/y.rs", ""),
        ("b", ""),
        ("b/z.rs", ""),
    ];
    for (name, bytes) in [("eve.zip", zip(&files)), ("eve.tar.gz", tar_gz(&files))] {
        let (files, said) = taken(name, &bytes);
        assert_eq!(files, ["a/x.rs", "b", "cycle.rs"]);
        assert!(
            said.contains("CYCLE.rs (it clashes with cycle.rs, which was taken)"),
            "{said}"
        );
        assert!(
            said.contains("A/y.rs (it clashes") && said.contains("b/z.rs (there is"),
            "{said}"
        );
    }
    let twice = tar_gz(&[("cycle.rs", "first"), ("cycle.rs", "second")]);
    let (_, said) = taken("eve.tar.gz", &twice);
    assert!(
        said.contains("there is something of this name before it"),
        "{said}"
    );
    // The name in the table of contents and before the data, so that two are the same.
    let mut twice = zip(&[("cycle.rs", "first"), ("cycle.rz", "second")]);
    while let Some(at) = twice.windows(8).position(|bytes| bytes == b"cycle.rz") {
        twice[at..at + 8].copy_from_slice(b"cycle.rs");
    }
    let (files, said) = taken("eve.zip", &twice);
    assert_eq!(files, ["cycle.rs"]);
    assert!(said.contains("names that occur twice"), "{said}");
}

#[test]
fn what_is_broken_or_locked_is_refused() {
    let good = zip(&[("cycle.rs", MAIN), ("memory_leak.rs", &"x y".repeat(3000))]);
    for cut in [1, 10, good.len() / 2, good.len() - 5] {
        let said = refused("eve.zip", &good[..cut]);
        assert!(said.contains("ask for"), "{cut}: {said}");
    }
    let good = tar_gz(&[("cycle.rs", MAIN), ("x.rs", &"x y".repeat(3000))]);
    for cut in [1, 15, good.len() / 2, good.len() - 20] {
        let said = refused("eve.tgz", &good[..cut]);
        assert!(said.contains("ask for"), "{cut}: {said}");
    }
    assert!(refused("eve.zip", b"").contains("is empty"));
    assert!(refused("eve.zip", b"Rar!\x1a\x07\0").contains("is a RAR archive"));
    assert!(refused("eve.rar", b"Rar!\x1a\x07\0").contains("a kind that memgrade does not read"));
    assert!(refused("eve.zip", b"hello").contains("is no archive"));
    // The flag for encryption, in both headers.
    let mut locked = zip(&[("cycle.rs", MAIN)]);
    locked[6] |= 1;
    let at = locked.windows(4).position(|b| b == b"PK\x01\x02").unwrap();
    locked[at + 8] |= 1;
    assert!(refused("eve.zip", &locked).contains("protected by a password"));
}

#[test]
fn lying_sizes_do_not_count() {
    // It says that it has 10 bytes, and has 5 MiB.
    let text = "x".repeat(5 << 20);
    let mut lying = zip(&[("cycle.rs", MAIN), ("a.rs", &text)]);
    let size = u32::try_from(text.len()).unwrap().to_le_bytes();
    while let Some(at) = lying.windows(4).position(|bytes| bytes == size) {
        lying[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let (files, said) = taken("eve.zip", &lying);
    assert_eq!(files, ["cycle.rs"]);
    assert!(said.contains(": a.rs ("), "{said}");
}

#[test]
fn archives_within_archives_come_to_an_end() {
    let mut bytes = zip(&[("cycle.rs", MAIN)]);
    for _ in 0..10 {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file("in.zip", SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&bytes).unwrap();
        bytes = writer.finish().unwrap().into_inner();
    }
    let (_class, opened) = class_with("eve.zip", &bytes);
    let said = attempt(&opened, "eve").problems.join("; ");
    assert!(said.contains("was not looked into"), "{said}");
}

#[test]
fn a_bad_outer_archive_is_a_usage_error() {
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("class.zip");
    for bytes in [&b""[..], b"PK\x03\x04", b"text"] {
        fs::write(&path, bytes).unwrap();
        let error = super::super::open(&path, &options()).unwrap_err();
        assert!(matches!(error, Error::Usage { .. }));
        assert!(error.hints()[0].contains("download it again"), "{error}");
    }
    let error = super::super::open(&outer.path().join("none"), &options()).unwrap_err();
    assert!(error.to_string().starts_with("there is no "));
    // One entry that leads out costs only itself, and is told of whose it is.
    let files = [
        ("ada/cycle.rs", MAIN),
        ("ada/../../x.rs", MAIN),
        ("eve/a\u{1}.rs", MAIN),
        ("eve/cycle.rs", MAIN),
    ];
    fs::write(&path, zip(&files)).unwrap();
    let opened = open(&path);
    assert_eq!(ids(&opened), ["ada", "eve"]);
    assert!(attempt(&opened, "eve").problems[0].contains("was left out"));
    assert!(!outer.path().join("x.rs").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_survived(
        noise in proptest::collection::vec(any::<u8>(), 0..600),
        at in 0_usize..700,
        kind in 0_u8..4,
    ) {
        let files = [("cycle.rs", MAIN), ("a/b.rs", MAIN), ("../c.rs", MAIN)];
        let tar = || tar_of(&[("cycle.rs", tar::EntryType::Regular, MAIN.as_bytes())]);
        let mut bytes = match kind {
            0 => zip(&files),
            1 => tar(),
            2 => Vec::new(),
            _ => b"PK\x03\x04".to_vec(),
        };
        // Noise over an archive reaches deeper than noise alone.
        for (index, byte) in noise.iter().enumerate().filter(|(_, b)| kind > 1 || **b < 4) {
            match bytes.get_mut(at + index) {
                Some(there) => *there = *byte,
                None => bytes.push(*byte),
            }
        }
        let outer = tempfile::tempdir().unwrap();
        let into = outer.path().join("into");
        for bytes in [gzip(&bytes), bytes] {
            fs::create_dir(&into).unwrap();
            let path = outer.path().join("archive");
            fs::write(&path, &bytes).unwrap();
            let _ = archive::unpack(&path, &into, &archive::OF_STUDENT, &|_| true);
            let mut names: Vec<_> = fs::read_dir(outer.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name())
                .collect();
            names.sort();
            prop_assert_eq!(names, ["archive", "into"]);
            fs::remove_dir_all(&into).unwrap();
        }
    }

    #[test]
    fn any_names_give_students_of_their_own(
        names in proptest::collection::btree_set("[a-zA-Z .()é~=_-]{1,12}", 1..8),
    ) {
        let class = folder(&[]);
        for name in &names {
            if name.starts_with('.') || name.trim_end_matches(['.', ' ']).is_empty() {
                continue;
            }
            fs::create_dir_all(class.path().join(name).join("sub")).unwrap();
            fs::create_dir_all(class.path().join(name).join("sub2")).unwrap();
        }
        let opened = open(class.path());
        let mut stems: Vec<String> =
            opened.students.iter().map(|s| s.file_stem.to_lowercase()).collect();
        let count = stems.len();
        stems.sort();
        stems.dedup();
        prop_assert_eq!(stems.len(), count);
    }
}
