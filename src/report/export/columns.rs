//! How Moodle calls the columns of a grading worksheet, in the languages of its sites.
//!
//! From Moodle's language packs: `recordid`, `gradecanbechanged` and `maxgrade` of assign.php, `gradenoun`, `fullnameuser`, `email`
//! and `idnumber` of moodle.php, and the name of the plugin for comments. English, German, French, Spanish, Swedish, Italian,
//! Portuguese, Dutch, Polish, Catalan.

/// Columns that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Identifier,
    FullName,
    Email,
    IdNumber,
    Grade,
    Maximum,
    Changeable,
    Comments,
}

impl Column {
    /// Its names, in lower case and without a full stop at the end.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Identifier => &[
                "identifier",
                "id",
                "identifiant",
                "identificador",
                "identifierare",
                "identificativo",
                "identificatie",
                "identyfikator",
            ],
            Self::FullName => &[
                "full name",
                "vollständiger name",
                "nom complet",
                "nom complet de l’utilisateur",
                "nom complet de l'utilisateur",
                "nombre completo",
                "nombre completo del usuario",
                "fullständigt namn",
                "nome",
                "nome completo",
                "nome completo dell'utente",
                "cognome/nome",
                "nome completo do utilizador",
                "nome completo do usuário",
                "volledige naam",
                "volledige naam van de gebruiker",
                "pełna nazwa",
                "imię i nazwisko",
                "nom complet de l'usuari",
            ],
            Self::Email => &[
                "email address",
                "email",
                "e-mail",
                "e-mail-adresse",
                "adresse de courriel",
                "adresse e-mail",
                "courriel",
                "dirección de correo",
                "dirección email",
                "correo electrónico",
                "e-postadress",
                "indirizzo email",
                "endereço de email",
                "endereço de e-mail",
                "e-mailadres",
                "adres e-mail",
                "adres email",
                "adreça electrònica",
            ],
            Self::IdNumber => &[
                "id number",
                "id-nummer",
                "numéro d’identification",
                "numéro d'identification",
                "número de id",
                "id nummer",
                "codice identificativo",
                "número de identificação (id)",
                "número de identificação",
                "nummer (id)",
                "numer id",
                "numer identyfikacyjny",
                "número id",
            ],
            Self::Grade => &[
                "grade",
                "bewertung",
                "note",
                "calificación",
                "betyg",
                "valutazione",
                "voto",
                "nota",
                "avaliação",
                "cijfer",
                "beoordeling",
                "ocena",
                "qualificació",
            ],
            Self::Maximum => &[
                "maximum grade",
                "maximum mark",
                "bestwertung",
                "beste bewertung",
                "note maximale",
                "calificación máxima",
                "maxbetyg",
                "valutazione massima",
                "voto massimo",
                "nota máxima",
                "maximaal cijfer",
                "hoogst haalbare cijfer",
                "maksymalna ocena",
                "ocena maksymalna",
                "qualificació màxima",
            ],
            Self::Changeable => &[
                "grade can be changed",
                "bewertung kann geändert werden",
                "la note peut être modifiée",
                "la calificación puede ser cambiada",
                "betyg kan ändras",
                "la valutazione può essere cambiata",
                "a nota pode ser alterada",
                "nota pode ser alterada",
                "het cijfer kan gewijzigd worden",
                "ocena może zostać zmieniona",
                "ocena może być zmieniona",
                "es pot canviar la qualificació",
            ],
            Self::Comments => &[
                "feedback comments",
                "feedback als kommentar",
                "feedback par commentaires",
                "comentarios de retroalimentación",
                "återkopplingskommentarer",
                "commenti",
                "commenti di feedback",
                "comentários de feedback",
                "feedback tekstvak",
                "komentarz zwrotny",
                "komentarze zwrotne",
                "comentaris de retroacció",
            ],
        }
    }

    /// Where a header has it.
    pub(super) fn find(self, header: &[impl AsRef<str>]) -> Option<usize> {
        let plain: Vec<String> = header.iter().map(|cell| plain(cell.as_ref())).collect();
        // The names stand in the order in which they should be preferred.
        let mut names = self.names().iter();
        names.find_map(|name| plain.iter().position(|cell| cell == name))
    }
}

/// A heading as the names above are written.
pub(super) fn plain(heading: &str) -> String {
    let words: Vec<&str> = heading.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    text.trim_end_matches('.').to_owned()
}

/// Whether a cell of the column that says whether a grade can be changed says no.
pub(super) fn says_no(cell: &str) -> bool {
    let no = [
        "no", "nein", "non", "nej", "não", "nee", "nie", "ei", "nei", "ne",
    ];
    no.contains(&plain(cell).as_str())
}
