use super::*;

/// What is left in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A name as this machine gives them, with the end `end`.
fn name(end: &str) -> String {
    format!("{PREFIX}{}-{end}", session())
}

#[test]
fn only_names_of_ours_are_recognized() {
    assert_eq!(
        recognize(&name("abcdefgH")),
        Some(cfg!(target_os = "linux"))
    );
    assert_eq!(
        recognize(&format!(".{}", name("abcdefgH"))),
        recognize(&name("abcdefgH"))
    );
    assert_eq!(recognize("memgrade-tmp-0123abcd-abcdefgH"), Some(false));
    assert_eq!(recognize("memgrade-tmp-00000000-abcdefgH"), Some(false));
    for other in [
        "memgrade-tmp-",
        "memgrade-abcdef",
        "memgrade-bench-abcdefgh",
        "memgrade-tmp-0123abcd-abc",
        "memgrade-tmp-0123abcd-abcdefg.",
        "memgrade-tmp-0123ABCD-abcdefgH",
        "xmemgrade-tmp-0123abcd-abcdefgH",
    ] {
        assert_eq!(recognize(other), None, "{other}");
    }
}

#[test]
fn a_folder_goes_with_its_owner_and_a_file_is_whole_in_its_place() {
    let parent = tempfile::tempdir().unwrap();
    let folder = Folder::new_in(parent.path()).unwrap();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    fs::write(folder.path().join("a/b/c"), "x").unwrap();
    assert!(
        names(parent.path())
            .iter()
            .all(|name| recognize(name).is_some())
    );
    let path = parent.path().join("file");
    write_whole(&path, folder.path(), b"one", Readers::Owner).unwrap();
    write_whole(&path, parent.path(), b"two", Readers::Everybody).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(names(folder.path()), ["a"]);
    drop(folder);
    assert_eq!(names(parent.path()), ["file"]);
}

#[test]
fn a_folder_that_was_moved_to_its_place_is_left_there() {
    let parent = tempfile::tempdir().unwrap();
    let folder = Folder::new_in(parent.path()).unwrap();
    fs::write(folder.path().join("kept"), "x").unwrap();
    let place = parent.path().join("place");
    fs::rename(folder.path(), &place).unwrap();
    drop(folder);
    assert_eq!(names(&place), ["kept"]);
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_sweep_removes_what_nobody_holds_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("mine"), "x").unwrap();
        let at = |name: &str| parent.path().join(name);
        let living = Folder::new_in(parent.path()).unwrap();
        fs::write(living.path().join("in use"), "x").unwrap();
        let abandoned = at(&name("abandone"));
        fs::create_dir_all(abandoned.join("a/b")).unwrap();
        symlink(outside.path(), abandoned.join("a/link")).unwrap();
        fs::set_permissions(abandoned.join("a"), fs::Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(&abandoned, fs::Permissions::from_mode(0o000)).unwrap();
        fs::write(at(&name("aaaafile")), "x").unwrap();
        fs::write(at(&format!(".{}", name("aahidden"))), "x").unwrap();
        symlink(outside.path(), at(&name("aaaalink"))).unwrap();
        for other in ["memgrade-tmp-0123abcd-abcdefgH", "memgrade-old", "other"] {
            fs::create_dir(at(other)).unwrap();
        }
        sweep(parent.path());
        let mut expected = vec![
            "memgrade-old".to_owned(),
            "memgrade-tmp-0123abcd-abcdefgH".to_owned(),
            "other".to_owned(),
            name("aaaalink"),
            living
                .path()
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
        ];
        expected.sort();
        assert_eq!(names(parent.path()), expected);
        assert_eq!(names(living.path()), ["in use"]);
        assert_eq!(names(outside.path()), ["mine"], "links are not followed");
    }

    #[test]
    fn what_another_machine_made_is_removed_when_it_is_old() {
        let parent = tempfile::tempdir().unwrap();
        let other = parent.path().join("memgrade-tmp-0123abcd-abcdefgH");
        fs::create_dir(&other).unwrap();
        sweep(parent.path());
        assert!(other.exists());
        let old = SystemTime::now() - ABANDONED - Duration::from_mins(1);
        File::open(&other).unwrap().set_modified(old).unwrap();
        sweep(parent.path());
        assert!(!other.exists());
    }

    #[test]
    fn folders_nested_without_end_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::new_in(parent.path()).unwrap();
        // Longer than any path may be, and deeper than descriptors would reach.
        let mut at = rustix::fs::open(
            folder.path(),
            rustix::fs::OFlags::DIRECTORY,
            rustix::fs::Mode::empty(),
        )
        .unwrap();
        for number in 0..3000 {
            rustix::fs::mkdirat(&at, "deep", rustix::fs::Mode::RWXU).unwrap();
            // Names that are in the way of moving up.
            if number < 3 {
                rustix::fs::mkdirat(
                    &at,
                    format!("moved-{}", number + 1),
                    rustix::fs::Mode::empty(),
                )
                .unwrap();
            }
            at = rustix::fs::openat(
                &at,
                "deep",
                rustix::fs::OFlags::DIRECTORY,
                rustix::fs::Mode::empty(),
            )
            .unwrap();
        }
        drop(folder);
        assert_eq!(names(parent.path()), [""; 0]);
    }

    #[test]
    fn one_sweep_does_a_bounded_part_and_later_ones_the_rest() {
        let parent = tempfile::tempdir().unwrap();
        let abandoned = parent.path().join(name("abandone"));
        fs::create_dir(&abandoned).unwrap();
        for number in 0..50 {
            fs::write(abandoned.join(number.to_string()), "").unwrap();
        }
        remove_abandoned(&abandoned, &mut 20);
        assert_eq!(names(&abandoned).len(), 50 - 19);
        sweep(parent.path());
        assert!(!abandoned.exists());
    }

    #[test]
    fn makers_and_sweepers_do_not_disturb_each_other() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for number in 0..300 {
                        let folder = Folder::new_in(parent.path()).unwrap();
                        let file = folder.path().join("file");
                        write_whole(&file, parent.path(), b"x", Readers::Owner).unwrap();
                        assert_eq!(fs::read(&file).unwrap(), b"x", "{number}");
                    }
                });
            }
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        sweep(parent.path());
                    }
                });
            }
        });
        assert_eq!(names(parent.path()), [""; 0]);
    }
}
