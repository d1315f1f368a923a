#[derive(Debug, Clone)]
enum State {
    Idle,
    Reading { buffer: String },
    Done(Vec<String>),
}

impl State {
    fn step(self, input: char) -> Self {
        match (self, input) {
            (Self::Idle, c) => Self::Reading { buffer: c.to_string() },
            (Self::Reading { buffer }, ';') => Self::Done(buffer.split(',').map(str::to_owned).collect()),
            (Self::Reading { mut buffer }, c) => {
                buffer.push(c);
                Self::Reading { buffer }
            }
            (done @ Self::Done(_), _) => done,
        }
    }
}

fn main() {
    let end = "a,bc,def;ignored".chars().fold(State::Idle, State::step);
    println!("{end:?}");
}
