fn main() -> std::process::ExitCode {
    let numbers: Vec<u8> = (0..10).collect();
    std::process::ExitCode::from(numbers[0])
}
