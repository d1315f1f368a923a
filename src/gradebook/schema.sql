-- The gradebook of a class: one SQLite file, gradebook.sqlite in the results. docs/gradebook.md says what each table is for.
-- Points of policy are hundredths; points of checks are as in the spec. Times are RFC 3339 in UTC. BLOBs hold JSON, deflated (zlib).
-- It is said at each opening: what was added since a gradebook was made comes into it.

-- What the file is: `format`, and the `course` that it belongs to.
CREATE TABLE IF NOT EXISTS about (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each time that `grade` wrote grades.
CREATE TABLE IF NOT EXISTS gradings (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,
    version TEXT NOT NULL,
    machine TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    identity TEXT NOT NULL,
    layout TEXT NOT NULL,
    policy TEXT NOT NULL,
    info TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS students (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    name TEXT,
    file_stem TEXT NOT NULL,
    identity TEXT NOT NULL,
    group_name TEXT,
    -- 1 while the student is in the class; one who is taken out keeps what was earned.
    listed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was handed in: an attempt of a student's.
CREATE TABLE IF NOT EXISTS submissions (
    student TEXT NOT NULL REFERENCES students (id),
    attempt INTEGER NOT NULL,
    label TEXT NOT NULL,
    submitted TEXT,
    late INTEGER,
    problems TEXT NOT NULL,
    -- A hash of everything that its grade depends on.
    state TEXT NOT NULL,
    -- The policy's grade of this attempt, as JSON.
    grade TEXT NOT NULL,
    -- The checklist's report; NULL where there is none.
    checklist BLOB,
    -- The text of answers.toml, by its hash.
    answers TEXT,
    PRIMARY KEY (student, attempt)
) STRICT, WITHOUT ROWID;

-- Which judgment each exercise of a submission got.
CREATE TABLE IF NOT EXISTS results (
    student TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    exercise TEXT NOT NULL,
    judgment TEXT NOT NULL REFERENCES judgments (key),
    PRIMARY KEY (student, attempt, exercise)
) STRICT, WITHOUT ROWID;

-- The grade that counts, of the attempt that counts.
CREATE TABLE IF NOT EXISTS grades (
    student TEXT PRIMARY KEY REFERENCES students (id),
    grading INTEGER NOT NULL REFERENCES gradings (id),
    attempt INTEGER,
    points INTEGER NOT NULL,
    possible INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    grade TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What came of one exercise of one program: its key is a hash of the program, the spec, and who built and ran it. Equal hand-ins share it.
CREATE TABLE IF NOT EXISTS judgments (
    key TEXT PRIMARY KEY,
    exercise TEXT NOT NULL,
    content TEXT NOT NULL,
    spec TEXT NOT NULL REFERENCES texts (hash),
    identity TEXT NOT NULL,
    grading INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    earned INTEGER NOT NULL,
    possible INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    -- 1 where this machine could not measure something: it is tried again.
    provisional INTEGER NOT NULL,
    -- The judge's report without its runs, JSON.
    report BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS checks (
    judgment TEXT NOT NULL REFERENCES judgments (key),
    case_name TEXT NOT NULL,
    check_name TEXT NOT NULL,
    hidden INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    points INTEGER NOT NULL,
    earned INTEGER NOT NULL,
    PRIMARY KEY (judgment, case_name, check_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS findings (
    judgment TEXT NOT NULL REFERENCES judgments (key),
    number INTEGER NOT NULL,
    -- NULL where it is about the program as a whole.
    case_name TEXT,
    check_name TEXT,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    fault TEXT NOT NULL,
    message TEXT NOT NULL,
    file TEXT,
    line INTEGER,
    PRIMARY KEY (judgment, number)
) STRICT, WITHOUT ROWID;

-- Where the runs of a case are.
CREATE TABLE IF NOT EXISTS case_runs (
    judgment TEXT NOT NULL REFERENCES judgments (key),
    case_name TEXT NOT NULL,
    -- Of the runs at that address, the first of this case.
    run TEXT NOT NULL REFERENCES runs (address),
    number INTEGER NOT NULL,
    PRIMARY KEY (judgment, case_name)
) STRICT, WITHOUT ROWID;

-- Runs, by the hash of everything that they depend on.
CREATE TABLE IF NOT EXISTS runs (
    address TEXT PRIMARY KEY,
    recorded TEXT NOT NULL,
    observations BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The files of a program: `content` is the hash of all of them with their paths.
CREATE TABLE IF NOT EXISTS files (
    content TEXT NOT NULL,
    path TEXT NOT NULL,
    text TEXT NOT NULL REFERENCES texts (hash),
    PRIMARY KEY (content, path)
) STRICT, WITHOUT ROWID;

-- Texts by their BLAKE3, deflated.
CREATE TABLE IF NOT EXISTS texts (
    hash TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What a teacher gave by hand, as it was counted last: rows of manual.csv, of extensions.csv, where
-- `points` is the extension, and of free_text.csv, where `part` is the question.
CREATE TABLE IF NOT EXISTS manual (
    number INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    student TEXT NOT NULL,
    part TEXT NOT NULL,
    -- As written: `7.5` stands in the place of what was there, `+1` and `-2` change it.
    points TEXT NOT NULL,
    comment TEXT NOT NULL
) STRICT;

-- Why a grade is another than it was at the grading before.
CREATE TABLE IF NOT EXISTS changes (
    grading INTEGER NOT NULL REFERENCES gradings (id),
    student TEXT NOT NULL,
    number INTEGER NOT NULL,
    part TEXT NOT NULL,
    -- Points before and after, in hundredths; NULL where there were none.
    points_before INTEGER,
    points_after INTEGER,
    reason TEXT NOT NULL,
    PRIMARY KEY (grading, student, number)
) STRICT, WITHOUT ROWID;

-- Submissions that share much: a hint for a human. JSON.
CREATE TABLE IF NOT EXISTS pairs (
    number INTEGER PRIMARY KEY,
    exercise TEXT NOT NULL,
    left_student TEXT NOT NULL,
    right_student TEXT NOT NULL,
    pair BLOB NOT NULL
) STRICT;

-- Earlier years that submissions are compared with (`--archive`), until they are forgotten (`--forget-archives`).
CREATE TABLE IF NOT EXISTS archives (
    name TEXT PRIMARY KEY,
    path TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Their programs; those of an archive that is not in `archives` are half of one.
CREATE TABLE IF NOT EXISTS archived (
    archive TEXT NOT NULL,
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    group_name TEXT,
    content TEXT NOT NULL,
    PRIMARY KEY (archive, student, exercise)
) STRICT, WITHOUT ROWID;

-- The checks of each student's grade that counts, for whoever asks with SQL.
CREATE VIEW IF NOT EXISTS student_checks AS
SELECT grades.student, results.exercise, checks.case_name, checks.check_name, checks.hidden, checks.verdict, checks.points, checks.earned
FROM grades
JOIN results ON results.student = grades.student AND results.attempt = grades.attempt
JOIN checks ON checks.judgment = results.judgment;

-- And their findings.
CREATE VIEW IF NOT EXISTS student_findings AS
SELECT grades.student, results.exercise, findings.case_name, findings.check_name, findings.code, findings.severity, findings.fault,
    findings.message, findings.file, findings.line
FROM grades
JOIN results ON results.student = grades.student AND results.attempt = grades.attempt
JOIN findings ON findings.judgment = results.judgment;
