//! Rust source as a sequence of token classes, without what costs nothing to change.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// Sources are read up to so many tokens; a hand-in of 10,000 lines has about this many.
const MAX_TOKENS: usize = 100_000;

/// A class of tokens, and the line it begins at, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) class: u8,
    pub(super) line: u32,
}

const NAME: u8 = 1;
const LIFETIME: u8 = 2;
const WHOLE: u8 = 3;
const DECIMAL: u8 = 4;
const CHARACTER: u8 = 5;
const TEXT: u8 = 6;
const BYTES: u8 = 7;
const OTHER: u8 = 8;
/// Keywords have the classes from here on, in the order of [`KEYWORDS`].
const FIRST_KEYWORD: u8 = 128;

/// Never reordered: the classes are in fingerprints that are kept for years.
const KEYWORDS: [&str; 39] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while", "yield",
];

/// The tokens of a file. Left out are comments and blanks, `use` declarations, and commas before a closing bracket or after a closing
/// brace, which rustfmt adds and removes. Broken source gives tokens as well.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut whole = Reader::default();
    whole.read(text);
    if whole.terminated {
        return whole.tokens;
    }
    // A quote is missing, and from there on texts are taken for code and code for texts: nothing may reach beyond its line.
    let mut lines = Reader::default();
    for line in text.split_inclusive('\n') {
        lines.read(line);
    }
    lines.tokens
}

struct Reader {
    tokens: Vec<Token>,
    line: u32,
    /// Where the `use` declaration began that the last tokens belong to.
    declaration: Option<usize>,
    /// Whether all literals and comments have an end.
    terminated: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            line: 1,
            declaration: None,
            terminated: true,
        }
    }
}

impl Reader {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        for token in tokenize(text, FrontmatterAllowed::No) {
            let length = usize::try_from(token.len).unwrap_or(usize::MAX);
            let (own, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            self.terminated &= is_terminated(token.kind);
            if let Some(class) = class(token.kind, own)
                && self.tokens.len() < MAX_TOKENS
            {
                self.push(class);
            }
            self.line += u32::try_from(own.matches('\n').count()).unwrap_or(0);
        }
    }

    fn push(&mut self, class: u8) {
        let line = self.line;
        let last = self.tokens.last().map(|last| last.class);
        if matches!(class, b')' | b']' | b'}') && last == Some(b',') {
            self.tokens.pop();
        }
        if class == b',' && last == Some(b'}') {
            return;
        }
        self.tokens.push(Token { class, line });
        if class == keyword("use") {
            self.declaration = Some(self.tokens.len() - 1);
        } else if let Some(start) = self.declaration {
            if class == b';' {
                self.tokens.truncate(start);
                self.declaration = None;
            } else if !in_use_declaration(class) {
                self.declaration = None;
            }
        }
    }
}

fn is_terminated(kind: TokenKind) -> bool {
    match kind {
        TokenKind::BlockComment { terminated, .. } => terminated,
        TokenKind::Literal { kind, .. } => match kind {
            LiteralKind::Char { terminated }
            | LiteralKind::Byte { terminated }
            | LiteralKind::Str { terminated }
            | LiteralKind::ByteStr { terminated }
            | LiteralKind::CStr { terminated } => terminated,
            LiteralKind::RawStr { n_hashes }
            | LiteralKind::RawByteStr { n_hashes }
            | LiteralKind::RawCStr { n_hashes } => n_hashes.is_some(),
            LiteralKind::Int { .. } | LiteralKind::Float { .. } => true,
        },
        _ => true,
    }
}

fn in_use_declaration(class: u8) -> bool {
    matches!(class, NAME | b':' | b'{' | b'}' | b',' | b'*')
        || ["as", "crate", "self", "super"]
            .map(keyword)
            .contains(&class)
}

fn keyword(word: &str) -> u8 {
    KEYWORDS
        .iter()
        .zip(FIRST_KEYWORD..)
        .find_map(|(keyword, class)| (*keyword == word).then_some(class))
        .unwrap_or(NAME)
}

fn class(kind: TokenKind, text: &str) -> Option<u8> {
    Some(match kind {
        TokenKind::LineComment { .. }
        | TokenKind::BlockComment { .. }
        | TokenKind::Whitespace
        | TokenKind::Frontmatter { .. }
        | TokenKind::Eof => return None,
        TokenKind::Ident => keyword(text),
        TokenKind::InvalidIdent
        | TokenKind::RawIdent
        | TokenKind::ForcedKeywordIdent
        | TokenKind::UnknownPrefix => NAME,
        TokenKind::Lifetime { .. } | TokenKind::RawLifetime | TokenKind::UnknownPrefixLifetime => {
            LIFETIME
        }
        TokenKind::Literal { kind, .. } => match kind {
            LiteralKind::Int { .. } => WHOLE,
            LiteralKind::Float { .. } => DECIMAL,
            LiteralKind::Char { .. } | LiteralKind::Byte { .. } => CHARACTER,
            LiteralKind::Str { .. } | LiteralKind::RawStr { .. } => TEXT,
            LiteralKind::ByteStr { .. }
            | LiteralKind::CStr { .. }
            | LiteralKind::RawByteStr { .. }
            | LiteralKind::RawCStr { .. } => BYTES,
        },
        TokenKind::Semi => b';',
        TokenKind::Comma => b',',
        TokenKind::Dot => b'.',
        TokenKind::OpenParen => b'(',
        TokenKind::CloseParen => b')',
        TokenKind::OpenBrace => b'{',
        TokenKind::CloseBrace => b'}',
        TokenKind::OpenBracket => b'[',
        TokenKind::CloseBracket => b']',
        TokenKind::At => b'@',
        TokenKind::Pound | TokenKind::GuardedStrPrefix => b'#',
        TokenKind::Tilde => b'~',
        TokenKind::Question => b'?',
        TokenKind::Colon => b':',
        TokenKind::Dollar => b'$',
        TokenKind::Eq => b'=',
        TokenKind::Bang => b'!',
        TokenKind::Lt => b'<',
        TokenKind::Gt => b'>',
        TokenKind::Minus => b'-',
        TokenKind::And => b'&',
        TokenKind::Or => b'|',
        TokenKind::Plus => b'+',
        TokenKind::Star => b'*',
        TokenKind::Slash => b'/',
        TokenKind::Caret => b'^',
        TokenKind::Percent => b'%',
        TokenKind::Unknown => OTHER,
    })
}
