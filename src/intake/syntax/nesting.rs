//! How deep a file's syntax can nest, bounded before it is parsed.
//!
//! Parsing, visiting and dropping a tree recurse once or more for each level. A level costs at least one token: an
//! opening bracket, an operator (`!!!…x`, `a + b + …`), a `.call()`, an `else`. So the number of tokens since the
//! last `;` or `,`, summed over the enclosing brackets, bounds the depth.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// Most brackets within one another.
const MAX_BRACKETS: usize = 200;

/// Most tokens on the way from the outermost level to the innermost.
const MAX_TOKENS: usize = 6000;

struct Level {
    tokens: proc_macro2::token_stream::IntoIter,
    /// Tokens on the way at the bracket itself.
    outer: usize,
    /// Tokens of this level since the last separator.
    run: usize,
    /// The token before was a `{…}`, after which a new statement or item may begin.
    after_braces: bool,
}

/// The place where the tokens nest too deep, if they do.
pub(super) fn too_deep(tokens: TokenStream) -> Option<Span> {
    let level = |tokens: TokenStream, outer| Level {
        tokens: tokens.into_iter(),
        outer,
        run: 0,
        after_braces: false,
    };
    let mut levels = vec![level(tokens, 0)];
    while let Some(top) = levels.last_mut() {
        let Some(token) = top.tokens.next() else {
            levels.pop();
            continue;
        };
        if top.after_braces && begins_anew(&token) {
            top.run = 0;
        }
        top.after_braces = false;
        top.run += 1;
        let way = top.outer + top.run;
        if way > MAX_TOKENS {
            return Some(token.span());
        }
        match token {
            TokenTree::Group(group) => {
                top.after_braces = group.delimiter() == Delimiter::Brace;
                if levels.len() > MAX_BRACKETS {
                    return Some(group.span_open());
                }
                levels.push(level(group.stream(), way));
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => top.run = 0,
            _ => {}
        }
    }
    None
}

/// Whether a token after `{…}` cannot go on with what the braces belong to.
fn begins_anew(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident != "else" && ident != "as",
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}
