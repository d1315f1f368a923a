use std::io::{Cursor, Read};

use super::*;

fn unpacked(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            (
                file.name().unwrap().into_owned(),
                String::from_utf8_lossy(&text).into_owned(),
            )
        })
        .collect()
}

#[test]
fn feedback_stands_where_the_platform_takes_it_back() {
    let folder = |id: &str, folder: &str| {
        known(
            row(id, id, 0),
            Identity {
                lms_folder: Some(folder.to_owned()),
                ..Identity::default()
            },
        )
    };
    let rows = [
        folder("ann", "Ann Lee_11_assignsubmission_file"),
        folder("bob", "G 1-Bob_12_assignsubmission_file_"),
        numbered("dan", "../Dan_Po", 0, "14"),
        folder("eve", "../../x_1_assignsubmission_file"),
        row("zed", "Zed", 0),
        folder("two", "Ann Lee_11_assignsubmission_file"),
    ];
    let zip = |layout| {
        let mut text_of =
            |row: &Row| Ok((row.id != "bob").then(|| format!("for {}", row.id).into_bytes()));
        let zipped = feedback_zip(layout, &rows, Cursor::new(Vec::new()), &mut text_of).unwrap();
        (zipped.out.into_inner(), zipped.skipped)
    };
    let (bytes, skipped) = zip(FeedbackLayout::Moodle);
    assert_eq!(bytes, zip(FeedbackLayout::Moodle).0);
    let lines = |(name, text): &(String, String)| format!("{name}: {text}");
    let files: Vec<String> = unpacked(&bytes).iter().map(lines).collect();
    let reasons: Vec<String> = skipped.iter().map(lines).collect();
    insta::assert_snapshot!([files, vec!["---".to_owned()], reasons].concat().join("\n"), @r"
    Ann Lee_11_assignsubmission_file/feedback.txt: for ann
    Dan Po_14_assignsubmission_file/feedback.txt: for dan
    ---
    eve: neither the folder of Moodle's download nor the participant number is known
    zed (Zed): neither the folder of Moodle's download nor the participant number is known
    two: ann has the same name in the download
    bob: there is no feedback
    ");
    let (bytes, _) = zip(FeedbackLayout::Plain);
    let names: Vec<String> = unpacked(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["ann.txt", "dan.txt", "eve.txt", "two.txt", "zed.txt"]
    );
}

#[test]
fn canvas_takes_feedback_back_under_the_names_of_its_download() {
    let file = |id: &str, name: &str| {
        known(
            row(id, id, 0),
            Identity {
                lms_folder: Some(name.to_owned()),
                ..Identity::default()
            },
        )
    };
    let rows = [
        file("ann", "leeann_1001_555_main.rs"),
        file("bob", "raybob_LATE_1002_556_hand_in.zip"),
        file("dan", "podan_1003_557_x.tar.gz"),
        file("eve", "oxeve_1004_link.html"),
    ];
    let mut text_of = |row: &Row| Ok(Some(row.id.clone().into_bytes()));
    let zipped = feedback_zip(
        FeedbackLayout::Canvas,
        &rows,
        Cursor::new(Vec::new()),
        &mut text_of,
    )
    .unwrap();
    assert_eq!((zipped.files, zipped.skipped.len()), (2, 2));
    let bytes = zipped.out.into_inner();
    let files = unpacked(&bytes);
    assert_eq!(
        files[0],
        ("leeann_1001_555_main.rs".to_owned(), "ann".to_owned())
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut inner = Vec::new();
    archive
        .by_index(1)
        .unwrap()
        .read_to_end(&mut inner)
        .unwrap();
    assert_eq!(
        unpacked(&inner),
        [("feedback.txt".to_owned(), "bob".to_owned())]
    );
}
