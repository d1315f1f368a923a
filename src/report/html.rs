//! A class in HTML: an overview for the teacher, a page for each student, and one for each near-identical pair.
//!
//! The main type is [`Pages`]. A page is one file with everything in it: no network, no address but those of its sister pages, a
//! policy that lets nothing run but its own script. Its texts come from strangers; the templates escape each of them, and what
//! would hide in them is made visible. The same records give the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{
    AutoEscape, Environment, Output, State, UndefinedBehavior, Value, context, escape_formatter,
};

use self::class::ClassView;
use self::pair::PairView;
use self::student::StudentView;
use self::tally::Tally;
use crate::class::Identity;
use crate::course::units::human_count;
use crate::gradebook::policy::Grade;
use crate::gradebook::record::Record;
use crate::judge::{Report, Score};
use crate::report::escape::{self, MESSAGE_CHARS, NAME_CHARS};
use crate::similarity::Pair;

mod budget;
mod checklist;
mod class;
mod curve;
mod exercise;
mod finding;
mod memory_map;
mod pair;
mod points;
mod sha256;
mod source;
mod student;
mod tally;
mod text;
mod verdict;

#[cfg(test)]
mod tests;

const STYLE: &str = include_str!("html/templates/style.css");
const SCRIPT: &str = include_str!("html/templates/script.js");
/// What templates may extend and import: the frame of every page, and the pieces that pages share.
const FRAME: &str = include_str!("html/templates/frame.html");
const PIECES: &str = include_str!("html/templates/pieces.html");

/// The templates, in the language of Jinja. A teacher may replace each of them; they may extend `frame.html` and import
/// `pieces.html`, which are always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// Of the class page, `index.html`.
    pub class: String,
    /// Of a student's page.
    pub student: String,
    /// Of a pair's page.
    pub pair: String,
}

impl Default for Templates {
    /// The built-in ones.
    fn default() -> Self {
        Self {
            class: include_str!("html/templates/class.html").to_owned(),
            student: include_str!("html/templates/student.html").to_owned(),
            pair: include_str!("html/templates/pair.html").to_owned(),
        }
    }
}

/// What is to be said of the class as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassInfo {
    /// What the pages are called.
    pub title: String,
    /// The course's title.
    pub course: String,
    /// Date and time of the grading, as text.
    pub graded: String,
    /// The machine, in words.
    pub machine: String,
    /// The sandbox's level, in words.
    pub sandbox: String,
    /// The version of memgrade.
    pub version: String,
    /// How the hand-ins were laid out.
    pub layout: String,
    /// What belongs to no student: path and reason.
    pub unrecognized: Vec<(String, String)>,
    /// What else is to be said, one sentence each.
    pub notes: Vec<String>,
}

/// A template that cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{template}{}: {message}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// The template: `class.html`, `student.html`, `pair.html`, or one that they use.
    pub template: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub message: String,
}

impl TemplateError {
    fn new(name: &str, error: &minijinja::Error) -> Self {
        // The innermost error has the line that somebody wrote.
        let mut inner = error;
        while let Some(cause) = std::error::Error::source(inner)
            .and_then(|cause| cause.downcast_ref::<minijinja::Error>())
        {
            inner = cause;
        }
        Self {
            template: inner.name().unwrap_or(name).to_owned(),
            line: inner.line(),
            message: match inner.detail() {
                Some(detail) => format!("{}: {detail}", inner.kind()),
                None => inner.kind().to_string(),
            },
        }
    }
}

/// Draws the pages of a class, of several students at once; keeps of each only what the class page needs.
#[derive(Debug)]
pub struct Pages<'a> {
    info: ClassInfo,
    environment: Environment<'a>,
    pairs: &'a [Pair],
    /// In how many pairs a student of this class is, by id.
    similar: BTreeMap<&'a str, usize>,
    tally: Mutex<Arc<Tally>>,
    /// What every page is told: the class, style, script and policy.
    common: Value,
}

impl<'a> Pages<'a> {
    /// Reads the templates, and tries them with nobody in the class.
    ///
    /// # Errors
    /// The template that is wrong, and the line.
    pub fn new(
        info: ClassInfo,
        templates: &'a Templates,
        pairs: &'a [Pair],
    ) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(write_visible);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(|error| TemplateError::new("frame.html", &error))?,
        );
        environment.add_filter("prose", prose);
        environment.add_filter("count", human_count);
        for (name, source) in [
            ("frame.html", FRAME),
            ("pieces.html", PIECES),
            ("class.html", &templates.class),
            ("student.html", &templates.student),
            ("pair.html", &templates.pair),
        ] {
            environment
                .add_template(name, source)
                .map_err(|error| TemplateError::new(name, &error))?;
        }
        let mut similar = BTreeMap::new();
        for side in pairs.iter().flat_map(|pair| [&pair.left, &pair.right]) {
            if side.archive.is_none() {
                *similar.entry(side.student.as_str()).or_insert(0) += 1;
            }
        }
        let pages = Self {
            common: common(&info),
            info,
            environment,
            pairs,
            similar,
            tally: Mutex::default(),
        };
        // What is wrong with a template should be known before a class is graded, not after.
        pages.draw("student.html", StudentView::new(&nobody()).into_value())?;
        pages.class()?;
        Ok(pages)
    }

    /// A student's page.
    ///
    /// # Errors
    /// The template that is wrong, and the line.
    pub fn student(&self, record: &Record) -> Result<String, TemplateError> {
        self.draw("student.html", StudentView::new(record).into_value())
    }

    /// Counts a student among the class, whose page has them in the order in which they are counted.
    pub fn count(&self, record: &Record) {
        let similar = self.similar.get(record.id.as_str()).copied();
        // Nobody else holds it between two calls, so nothing is cloned.
        let mut tally = self.tally();
        Arc::make_mut(&mut tally).add(record, similar.unwrap_or(0), student_link(record));
    }

    fn tally(&self) -> MutexGuard<'_, Arc<Tally>> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page of a pair, by its place among the pairs. It names and links the students who were drawn before.
    ///
    /// # Errors
    /// The template that is wrong, and the line.
    pub fn pair(&self, index: usize) -> Result<String, TemplateError> {
        let pair = self.pairs.get(index).ok_or_else(|| TemplateError {
            template: "pair.html".to_owned(),
            line: None,
            message: format!("there is no pair {index}"),
        })?;
        self.draw(
            "pair.html",
            PairView::new(pair, &self.tally().rows).into_value(),
        )
    }

    /// The class page, with every student who was counted before.
    ///
    /// # Errors
    /// The template that is wrong, and the line.
    pub fn class(&self) -> Result<String, TemplateError> {
        let tally = Arc::clone(&self.tally());
        let view = ClassView::new(&self.info, &tally, self.pairs);
        self.draw(
            "class.html",
            context! { rows => class::rows(&tally), ..Value::from(Serde(view)) },
        )
    }

    fn draw(&self, name: &str, page: Value) -> Result<String, TemplateError> {
        let template = self.environment.get_template(name);
        template
            .and_then(|template| template.render(context! { ..self.common.clone(), ..page }))
            .map_err(|error| TemplateError::new(name, &error))
    }
}

/// A student of whom there is nothing to say.
fn nobody() -> Record {
    Record {
        id: "nobody".to_owned(),
        name: None,
        file_stem: "nobody".to_owned(),
        identity: Identity::default(),
        group: None,
        handed_in: false,
        attempt: None,
        submitted: None,
        late: None,
        notes: Vec::new(),
        grade: Grade::default(),
        report: Report {
            score: Score::default(),
            exercises: Vec::new(),
            checklist: None,
        },
        sources: BTreeMap::new(),
    }
}

/// Where a student's page lies below the folder of the class page.
pub fn student_file(record: &Record) -> String {
    format!("students/{}.html", record.file_stem)
}

/// Where a pair's page lies below the folder of the class page.
pub fn pair_file(index: usize) -> String {
    format!("pairs/{}.html", index + 1)
}

/// The address of [`student_file`].
fn student_link(record: &Record) -> String {
    format!("students/{}.html", text::in_url(&record.file_stem))
}

/// The address of [`pair_file`].
fn pair_link(index: usize) -> String {
    pair_file(index)
}

fn common(info: &ClassInfo) -> Value {
    let line = |text: &str| text::line(text, MESSAGE_CHARS);
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        sha256::source(SCRIPT)
    );
    context! {
        title => text::line(&info.title, NAME_CHARS),
        course => text::line(&info.course, NAME_CHARS),
        graded => line(&info.graded),
        machine => line(&info.machine),
        sandbox => line(&info.sandbox),
        version => line(&info.version),
        layout => line(&info.layout),
        policy => policy,
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    }
}

/// The filter for sentences with code in them.
fn prose(text: &str) -> Value {
    Value::from_safe_string(text::prose(&visible(text)))
}

/// Writes what a template puts out: text with everything visible that would hide, and escaped.
fn write_visible(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(words) if !value.is_safe() && *state.auto_escape() == AutoEscape::Html => {
            let mut escaped = String::with_capacity(words.len());
            text::push(&mut escaped, &visible(words));
            Ok(out.write_str(&escaped)?)
        }
        _ => escape_formatter(out, state, value),
    }
}

fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(escape::hides) {
        escape::xml(text).into()
    } else {
        text.into()
    }
}
