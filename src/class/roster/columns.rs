//! Finding a roster's columns by the names in its header.

use super::{Identity, Row, folded};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Login,
    Email,
    Name,
    First,
    Last,
    Group,
    Section,
    Sis,
    Lms,
    Role,
}

/// Headers in lower case, without accents and without anything but letters and digits. After the English ones those of Moodle's
/// list of participants in German, French, Spanish, Swedish, Italian, Portuguese, Dutch and Polish.
const HEADERS: [(Column, &[&str]); 11] = [
    (
        Column::Id,
        &[
            "id",
            "studentid",
            "student",
            "rosteridentifier",
            "identifier",
            "matriculation",
            "matriculationnumber",
            "matrikelnummer",
        ],
    ),
    (
        Column::Login,
        &[
            "login",
            "username",
            "user",
            "loginid",
            "sisloginid",
            "githubusername",
            "githublogin",
            "github",
            "netid",
        ],
    ),
    (
        Column::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "studentemail",
            "emailadresse",
            "adressedecourriel",
            "adresseemail",
            "courriel",
            "direcciondecorreo",
            "direccionemail",
            "correoelectronico",
            "epostadress",
            "indirizzoemail",
            "enderecodeemail",
            "emailadres",
            "adresemail",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "fullname",
            "studentname",
            "displayname",
            "vollstandigername",
            "nomcomplet",
            "nombrecompleto",
            "fullstandigtnamn",
            "nomecompleto",
            "volledigenaam",
            "imieinazwisko",
        ],
    ),
    (
        Column::First,
        &[
            "firstname",
            "first",
            "givenname",
            "forename",
            "vorname",
            "prenom",
            "nombre",
            "fornamn",
            "nome",
            "voornaam",
            "imie",
        ],
    ),
    (
        Column::Last,
        &[
            "lastname",
            "last",
            "surname",
            "familyname",
            "nachname",
            "nom",
            "nomdefamille",
            "apellidos",
            "efternamn",
            "cognome",
            "apelido",
            "sobrenome",
            "achternaam",
            "nazwisko",
        ],
    ),
    (
        Column::Group,
        &[
            "group",
            "groupname",
            "groups",
            "team",
            "gruppe",
            "gruppen",
            "groupe",
            "groupes",
            "grupo",
            "grupos",
            "grupp",
            "grupper",
            "gruppo",
            "gruppi",
            "groep",
            "groepen",
            "grupa",
            "grupy",
        ],
    ),
    (Column::Section, &["section", "sections", "sectionname"]),
    (
        Column::Sis,
        &[
            "sisid",
            "sisuserid",
            "idnumber",
            "sid",
            "studentnumber",
            "idnummer",
            "numerodidentification",
            "numerodeid",
            "codiceidentificativo",
            "numerodeidentificacao",
            "numerid",
        ],
    ),
    (
        Column::Lms,
        &[
            "lmsid",
            "canvasid",
            "canvasuserid",
            "moodleid",
            "participant",
            "participantid",
            "userid",
            "lmsuserid",
        ],
    ),
    (Column::Role, &["role", "roles"]),
];

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Columns {
    at: Vec<(Column, usize)>,
}

impl Columns {
    /// # Errors
    /// The names that the header has, where none of them names a student.
    pub(super) fn find(header: &csv::StringRecord) -> Result<Self, String> {
        let keys: Vec<String> = header
            .iter()
            .map(|cell| folded(cell).replace(' ', ""))
            .collect();
        let has = |name: &str| keys.iter().any(|key| key == name);
        // Canvas's gradebook: `Student` is a name there, and `ID` Canvas's own.
        let is_canvas = has("student") && has("id") && has("section");
        let mut at = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let column = match key.as_str() {
                "student" if is_canvas => Some(Column::Name),
                "id" if is_canvas => Some(Column::Lms),
                key => {
                    let mut known = HEADERS.iter();
                    let found = known.find(|(_, names)| names.contains(&key));
                    found.map(|(column, _)| *column)
                }
            };
            at.extend(column.map(|column| (column, index)));
        }
        let names_somebody = |(column, _): &(Column, usize)| {
            !matches!(column, Column::Group | Column::Section | Column::Role)
        };
        if at.iter().any(names_somebody) {
            Ok(Self { at })
        } else {
            let shown: Vec<String> = header
                .iter()
                .take(12)
                .map(|cell| format!("`{}`", super::shown(cell)))
                .collect();
            Err(shown.join(", "))
        }
    }

    /// The first cell of a column that is not empty.
    fn cell(&self, record: &csv::StringRecord, column: Column) -> Option<String> {
        let mut columns = self.at.iter().filter(|(kind, _)| *kind == column);
        columns.find_map(|(_, index)| {
            let cell = record.get(*index)?.trim();
            // Exports put a quote before what a spreadsheet would take for a formula.
            let cell = match cell.strip_prefix('\'') {
                Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
                _ => cell,
            };
            (!cell.is_empty()).then(|| cell.to_owned())
        })
    }

    /// A student; `None` for rows that are none.
    pub(super) fn row(&self, record: &csv::StringRecord, line: u64) -> Option<Row> {
        let cell = |column| self.cell(record, column);
        if cell(Column::Role).is_some_and(|role| is_staff(&role)) {
            return None;
        }
        let (first, last) = (cell(Column::First), cell(Column::Last));
        let both: Vec<&str> = [&first, &last]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let both = (!both.is_empty()).then(|| both.join(" "));
        let name = cell(Column::Name).or_else(|| both.clone());
        // Canvas has a row of points and a student for trying things out.
        if let Some(name) = &name
            && (name.contains("Points Possible") || name == "Student, Test")
        {
            return None;
        }
        let mut id = cell(Column::Id);
        let mut lms_id = cell(Column::Lms);
        // Moodle's worksheet: `Participant 1234` is its own number, and no name of anybody.
        let participant = id.as_deref().and_then(|id| {
            let (_, number) = id.rsplit_once(' ')?;
            let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| number.to_owned())
        });
        if let Some(number) = participant.filter(|_| self.is_worksheet()) {
            lms_id.get_or_insert(number);
            id = None;
        }
        let identity = Identity {
            email: cell(Column::Email),
            lms_id,
            login: cell(Column::Login),
            sis_id: cell(Column::Sis),
            lms_folder: None,
            section: cell(Column::Section),
        };
        let row = Row::new(id, name, identity, cell(Column::Group), line)?;
        let mut more = both.as_deref().map(super::orders).unwrap_or_default();
        if let (Some(first), Some(last)) = (&first, &last) {
            more.push(folded(&format!("{last} {first}")));
        }
        Some(row.with_orders(more))
    }

    /// Whether it is Moodle's: an identifier beside a full name.
    fn is_worksheet(&self) -> bool {
        self.at.iter().any(|(column, _)| *column == Column::Name)
    }
}

fn is_staff(role: &str) -> bool {
    let role = role.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| role.contains(word));
    !any(&["student", "learner"])
        && (role == "ta" || any(&["teacher", "instructor", "assistant", "manager", "observer"]))
}
