#[derive(Debug, Clone, PartialEq, PartialOrd)]
struct Student {
    name: String,
    grade: f32,
}

fn main() {
    let mut students: Vec<Student> = (0..40_u8)
        .map(|n| Student { name: format!("s{:02}", u32::from(n) * 7 % 40), grade: f32::from(n % 6) })
        .collect();
    students.sort_by(|a, b| b.grade.total_cmp(&a.grade).then_with(|| a.name.cmp(&b.name)));
    students.dedup_by_key(|student| student.grade as u8);
    println!("{:?}", students.iter().map(|s| s.name.as_str()).collect::<Vec<_>>());
}
