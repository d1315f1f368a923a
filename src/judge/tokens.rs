//! Tokens of Rust source, and how far an expression reaches among them.

use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};

/// Sources with more tokens are not looked into.
const MAX_TOKENS: usize = 200_000;
/// Most tokens of one group that are walked over.
const MAX_GROUP: usize = 10_000;

/// A token; a group is its two delimiters with what is in it between them.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: LineColumn,
    pub(super) end: LineColumn,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word(String),
    Punct(char),
    /// With its text.
    Literal(String),
    Open(char),
    Close,
}

/// All tokens in their order; none if the text is no Rust.
pub(super) fn tokenize(text: &str) -> Vec<Token> {
    let Ok(stream) = text.parse::<TokenStream>() else {
        return Vec::new();
    };
    let mut tokens = Vec::new();
    // A stack of our own: the nesting is the learner's.
    let mut open = vec![(stream.into_iter(), None::<Token>)];
    while let Some((rest, _)) = open.last_mut() {
        if tokens.len() > MAX_TOKENS {
            return Vec::new();
        }
        let Some(tree) = rest.next() else {
            if let Some((_, Some(close))) = open.pop() {
                tokens.push(close);
            }
            continue;
        };
        let span = tree.span();
        let (start, end) = (span.start(), span.end());
        let token = |kind| Token { kind, start, end };
        match tree {
            TokenTree::Ident(ident) => tokens.push(token(Kind::Word(ident.to_string()))),
            TokenTree::Punct(punct) => tokens.push(token(Kind::Punct(punct.as_char()))),
            TokenTree::Literal(literal) => tokens.push(token(Kind::Literal(literal.to_string()))),
            TokenTree::Group(group) => {
                let (first, last) = (group.span_open(), group.span_close());
                let delimiter = match group.delimiter() {
                    Delimiter::Parenthesis => '(',
                    Delimiter::Brace => '{',
                    Delimiter::Bracket => '[',
                    Delimiter::None => ' ',
                };
                tokens.push(Token {
                    kind: Kind::Open(delimiter),
                    start: first.start(),
                    end: first.end(),
                });
                let close = Token {
                    kind: Kind::Close,
                    start: last.start(),
                    end: last.end(),
                };
                open.push((group.stream().into_iter(), Some(close)));
            }
        }
    }
    tokens
}

/// Where the expression begins whose method is called at token `method`, as far as it stands on the same line.
pub(super) fn receiver_start(tokens: &[Token], method: usize) -> usize {
    let kind = |i: usize| tokens.get(i).map(|token| &token.kind);
    let line = tokens.get(method).map(|token| token.start.line);
    let mut start = method;
    loop {
        let Some(before) = start.checked_sub(2) else {
            return start;
        };
        if !matches!(kind(start - 1), Some(Kind::Punct('.'))) {
            return start;
        }
        // What stands before the dot: a name, a literal, or a group with perhaps a name before it.
        let mut i = before;
        while matches!(kind(i), Some(Kind::Punct('?'))) && i > 0 {
            i -= 1;
        }
        while matches!(kind(i), Some(Kind::Close)) {
            match opening(tokens, i) {
                Some(open) if open > 1 => match (kind(open - 2), kind(open - 1)) {
                    (_, Some(Kind::Word(word))) if !is_keyword(word) => i = open - 1,
                    (_, Some(Kind::Close)) => i = open - 1,
                    (Some(Kind::Word(_)), Some(Kind::Punct('!'))) => {
                        i = open - 2;
                        break;
                    }
                    _ => {
                        i = open;
                        break;
                    }
                },
                _ => return start,
            }
        }
        // The whole of a path: `File::open(x).len()`.
        while i > 2
            && matches!(kind(i), Some(Kind::Word(_)))
            && matches!(
                (kind(i - 1), kind(i - 2)),
                (Some(Kind::Punct(':')), Some(Kind::Punct(':')))
            )
            && matches!(kind(i - 3), Some(Kind::Word(_)))
        {
            i -= 3;
        }
        if !matches!(
            kind(i),
            Some(Kind::Word(_) | Kind::Literal(_) | Kind::Open(_))
        ) || tokens.get(i).map(|token| token.start.line) != line
        {
            return start;
        }
        start = i;
    }
}

/// Words before a group that do not make it a call.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "break"
            | "in"
            | "if"
            | "match"
            | "while"
            | "else"
            | "let"
            | "mut"
            | "move"
            | "loop"
            | "unsafe"
    )
}

/// Index of the delimiter that opens the group which closes at `close`.
fn opening(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for i in (close.saturating_sub(MAX_GROUP)..=close).rev() {
        match tokens.get(i)?.kind {
            Kind::Close => depth += 1,
            Kind::Open(_) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where the expression ends that begins with token `first`: an operand with prefix operators before it and calls,
/// fields, indices, paths and `?` after it.
pub(super) fn expression_end(tokens: &[Token], first: usize) -> Option<LineColumn> {
    let mut next = first;
    while let Some(Token { kind, .. }) = tokens.get(next) {
        let prefix = match kind {
            Kind::Punct(c) => matches!(c, '&' | '*' | '!' | '-'),
            Kind::Word(word) => matches!(word.as_str(), "mut" | "move"),
            _ => false,
        };
        if !prefix {
            break;
        }
        next += 1;
    }
    let mut last = match &tokens.get(next)?.kind {
        Kind::Word(_) | Kind::Literal(_) => next,
        Kind::Open(_) => closing(tokens, next)?,
        Kind::Punct(_) | Kind::Close => return tokens.get(first).map(|token| token.end),
    };
    let mut after_bang = false;
    loop {
        let step = match tokens.get(last + 1).map(|token| &token.kind) {
            Some(Kind::Open('(' | '[')) => closing(tokens, last + 1),
            Some(Kind::Open('{')) if after_bang => closing(tokens, last + 1),
            Some(Kind::Punct('.'))
                if matches!(
                    tokens.get(last + 2).map(|t| &t.kind),
                    Some(Kind::Word(_) | Kind::Literal(_))
                ) =>
            {
                Some(last + 2)
            }
            Some(Kind::Punct('?')) => Some(last + 1),
            Some(Kind::Punct('!'))
                if matches!(tokens.get(last + 2).map(|t| &t.kind), Some(Kind::Open(_)))
                    && matches!(tokens.get(last).map(|t| &t.kind), Some(Kind::Word(_))) =>
            {
                after_bang = true;
                last += 1;
                continue;
            }
            Some(Kind::Punct(':'))
                if matches!(
                    tokens.get(last + 2).map(|t| &t.kind),
                    Some(Kind::Punct(':'))
                ) =>
            {
                match tokens.get(last + 3).map(|token| &token.kind) {
                    Some(Kind::Word(_)) => Some(last + 3),
                    Some(Kind::Punct('<')) => angle_end(tokens, last + 3),
                    _ => None,
                }
            }
            _ => None,
        };
        after_bang = false;
        match step {
            Some(step) => last = step,
            None => return tokens.get(last).map(|token| token.end),
        }
    }
}

/// Index of the delimiter that closes the group which opens at `open`, if it is no longer than a statement can be.
pub(super) fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open).take(MAX_GROUP) {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// Index of the `>` that closes the `<` at `open`.
fn angle_end(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open).take(200) {
        match token.kind {
            Kind::Punct('<') => depth += 1,
            Kind::Punct('>') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i);
                }
            }
            Kind::Punct(';') => return None,
            _ => {}
        }
    }
    None
}
