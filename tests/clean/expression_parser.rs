use std::iter::Peekable;
use std::str::Chars;

enum Expression {
    Number(i64),
    Operation(Box<Expression>, char, Box<Expression>),
}

fn number(chars: &mut Peekable<Chars<'_>>) -> Expression {
    let mut value = 0;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        value = value * 10 + i64::from(digit);
        chars.next();
    }
    Expression::Number(value)
}

fn parse(chars: &mut Peekable<Chars<'_>>) -> Expression {
    let mut left = number(chars);
    while let Some(operator) = chars.next() {
        left = Expression::Operation(Box::new(left), operator, Box::new(number(chars)));
    }
    left
}

fn value(expression: &Expression) -> i64 {
    match expression {
        Expression::Number(number) => *number,
        Expression::Operation(left, '+', right) => value(left) + value(right),
        Expression::Operation(left, _, right) => value(left) - value(right),
    }
}

fn main() {
    println!("{}", value(&parse(&mut "12+30-2+100".chars().peekable())));
}
