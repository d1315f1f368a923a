fn compose(steps: Vec<Box<dyn Fn(i32) -> i32>>) -> impl Fn(i32) -> i32 {
    move |start| steps.iter().fold(start, |value, step| step(value))
}

fn main() {
    let offset = 10;
    let all = compose(vec![Box::new(move |n| n + offset), Box::new(|n| n * 2), Box::new(|n| n - 1)]);
    println!("{} {}", all(1), all(2));
}
