//! From the program's own types to the JSON forms and back. Nothing is lost either way.

use super::{
    CaseJson, CaseReport, CheckJson, CheckReport, ChecklistJson, ChecklistReport, Cow,
    ExerciseJson, ExerciseReport, Finding, FindingJson, ItemJson, ItemReport, Label, Place,
    REPORT_SCHEMA, Report, ReportJson,
};

impl<'a> From<&'a Report> for ReportJson<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            schema: REPORT_SCHEMA.into(),
            score: report.score,
            exercises: report.exercises.iter().map(Into::into).collect(),
            checklist: report.checklist.as_ref().map(Into::into),
        }
    }
}

impl From<ReportJson<'_>> for Report {
    fn from(json: ReportJson<'_>) -> Self {
        Self {
            score: json.score,
            exercises: json.exercises.into_iter().map(Into::into).collect(),
            checklist: json.checklist.map(Into::into),
        }
    }
}

impl<'a> From<&'a ExerciseReport> for ExerciseJson<'a> {
    fn from(exercise: &'a ExerciseReport) -> Self {
        Self {
            id: exercise.id.as_str().into(),
            title: exercise.title.as_str().into(),
            verdict: exercise.verdict,
            score: exercise.score,
            cases: exercise.cases.iter().map(Into::into).collect(),
            findings: exercise.findings.iter().map(Into::into).collect(),
            withheld: exercise.withheld,
        }
    }
}

impl From<ExerciseJson<'_>> for ExerciseReport {
    fn from(json: ExerciseJson<'_>) -> Self {
        Self {
            id: json.id.into_owned(),
            title: json.title.into_owned(),
            verdict: json.verdict,
            score: json.score,
            cases: json.cases.into_iter().map(Into::into).collect(),
            findings: json.findings.into_iter().map(Into::into).collect(),
            withheld: json.withheld,
        }
    }
}

impl<'a> From<&'a CaseReport> for CaseJson<'a> {
    fn from(case: &'a CaseReport) -> Self {
        Self {
            name: case.name.as_str().into(),
            hidden: case.hidden,
            verdict: case.verdict,
            run: case.run.as_ref().map(Cow::Borrowed),
            checks: case.checks.iter().map(Into::into).collect(),
        }
    }
}

impl From<CaseJson<'_>> for CaseReport {
    fn from(json: CaseJson<'_>) -> Self {
        Self {
            name: json.name.into_owned(),
            hidden: json.hidden,
            verdict: json.verdict,
            run: json.run.map(Cow::into_owned),
            checks: json.checks.into_iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a CheckReport> for CheckJson<'a> {
    fn from(check: &'a CheckReport) -> Self {
        Self {
            name: check.name.as_str().into(),
            points: check.points,
            earned: check.earned,
            verdict: check.verdict,
            finding: check.finding.as_ref().map(Into::into),
            hidden: check.hidden,
            summary: check.summary.as_deref().map(Into::into),
        }
    }
}

impl From<CheckJson<'_>> for CheckReport {
    fn from(json: CheckJson<'_>) -> Self {
        Self {
            name: json.name.into_owned(),
            points: json.points,
            earned: json.earned,
            verdict: json.verdict,
            hidden: json.hidden,
            finding: json.finding.map(Into::into),
            summary: json.summary.map(Cow::into_owned),
        }
    }
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        let primary = finding.primary.as_ref();
        let place = primary.map(|label| &label.place);
        Self {
            code: finding.code.as_str().into(),
            severity: finding.severity,
            fault: finding.fault,
            message: finding.message.as_str().into(),
            file: place.map(|place| place.file.as_str().into()),
            line: place.map(|place| place.line),
            help: finding.help.as_deref().map(Into::into),
            column: place.and_then(|place| place.column),
            end_column: place.and_then(|place| place.end_column),
            label: primary.map(|label| label.text.as_str().into()),
            secondary: finding.secondary.as_slice().into(),
            notes: finding.notes.as_slice().into(),
        }
    }
}

impl From<FindingJson<'_>> for Finding {
    fn from(json: FindingJson<'_>) -> Self {
        let primary = match (json.file, json.line) {
            (Some(file), Some(line)) => Some(Label {
                place: Place {
                    file: file.into_owned(),
                    line,
                    column: json.column,
                    end_column: json.end_column,
                },
                text: json.label.map(Cow::into_owned).unwrap_or_default(),
            }),
            _ => None,
        };
        Self {
            code: json.code.into_owned(),
            severity: json.severity,
            fault: json.fault,
            message: json.message.into_owned(),
            primary,
            secondary: json.secondary.into_owned(),
            notes: json.notes.into_owned(),
            help: json.help.map(Cow::into_owned),
        }
    }
}

impl<'a> From<&'a ChecklistReport> for ChecklistJson<'a> {
    fn from(checklist: &'a ChecklistReport) -> Self {
        Self {
            score: checklist.score,
            student: checklist.student.as_deref().map(Into::into),
            items: checklist.items.iter().map(Into::into).collect(),
            findings: checklist.findings.iter().map(Into::into).collect(),
        }
    }
}

impl From<ChecklistJson<'_>> for ChecklistReport {
    fn from(json: ChecklistJson<'_>) -> Self {
        Self {
            score: json.score,
            student: json.student.map(Cow::into_owned),
            items: json.items.into_iter().map(Into::into).collect(),
            findings: json.findings.into_iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a ItemReport> for ItemJson<'a> {
    fn from(item: &'a ItemReport) -> Self {
        Self {
            id: item.id.as_str().into(),
            verdict: item.verdict,
            evidence: item.evidence.as_slice().into(),
            question: item.question.as_str().into(),
            score: item.score,
            answer_right: item.answer_right,
            message: item.message.as_deref().map(Into::into),
            kind: item.kind,
            pending: item.pending,
            missing: item.missing.as_slice().into(),
            answer: item.answer.as_deref().map(Into::into),
            drawing: item.drawing.as_ref().map(Cow::Borrowed),
        }
    }
}

impl From<ItemJson<'_>> for ItemReport {
    fn from(json: ItemJson<'_>) -> Self {
        Self {
            id: json.id.into_owned(),
            question: json.question.into_owned(),
            verdict: json.verdict,
            score: json.score,
            answer_right: json.answer_right,
            evidence: json.evidence.into_owned(),
            message: json.message.map(Cow::into_owned),
            kind: json.kind,
            pending: json.pending,
            missing: json.missing.into_owned(),
            answer: json.answer.map(Cow::into_owned),
            drawing: json.drawing.map(Cow::into_owned),
        }
    }
}
