//! What a program defines and uses, collected in one walk over its syntax trees.
//!
//! The main type is [`Uses`]. Macros are looked into as far as their arguments are expressions, statements or items;
//! of what is left, paths, method calls and macro calls are read off the tokens.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, Ident, ImplItem, Item, Stmt, Token, TraitItem, UseTree};

use super::Spot;
use super::conditions::is_off;
use super::modules::Program;
use super::names::{self, Path, Position, Scope, Table};

/// Kinds of items that rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    Type,
    Static,
    Trait,
}

/// An item of the program.
#[derive(Debug)]
pub(super) struct Defined {
    pub(super) kind: Kind,
    /// From the crate's root, with `crate` in front; a method's type is in it.
    pub(super) path: Path,
    pub(super) spot: Spot,
    /// Where a function calls itself.
    pub(super) calls_itself: Vec<Spot>,
    /// Whether the program surely brings the file that it stands in.
    pub(super) reached: bool,
}

/// A path that is used.
#[derive(Debug)]
pub(super) struct Used {
    /// What it can mean.
    pub(super) meanings: Vec<Path>,
    pub(super) spot: Spot,
    /// Only brought in by `use`.
    pub(super) imported: bool,
}

/// What a program defines and uses, in the order of the walk.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) defined: Vec<Defined>,
    pub(super) paths: Vec<Used>,
    pub(super) macros: Vec<Used>,
    /// Names of methods that are called.
    pub(super) methods: Vec<(String, Spot)>,
}

impl Uses {
    pub(super) fn of(program: &Program) -> Self {
        let mut table = Table::default();
        for file in &program.files {
            table.add(&file.module, &file.tree.items);
        }
        let mut uses = Self::default();
        for file in &program.files {
            let mut walk = Walk {
                uses: &mut uses,
                table: &table,
                file: &file.path,
                reached: file.reached,
                module: file.module.clone(),
                blocks: Vec::new(),
                self_type: None,
                functions: Vec::new(),
            };
            walk.visit_file(&file.tree);
        }
        uses
    }
}

/// A function that the walk is in.
struct Function {
    /// Its index in [`Uses::defined`].
    index: usize,
    path: Path,
    /// Whether it has a `self`, so that `x.name()` may be a call to itself.
    method: Option<String>,
}

struct Walk<'a> {
    uses: &'a mut Uses,
    table: &'a Table,
    file: &'a str,
    reached: bool,
    module: Path,
    blocks: Vec<Scope>,
    /// Path of the type or trait of the `impl` around.
    self_type: Option<Path>,
    functions: Vec<Function>,
}

impl Walk<'_> {
    fn meanings(&self, path: &[String]) -> Vec<Path> {
        let at = Position {
            module: &self.module,
            blocks: &self.blocks,
        };
        match (path.split_first(), &self.self_type) {
            (Some((first, rest)), Some(own)) if first == "Self" => {
                let mut full = own.clone();
                full.extend_from_slice(rest);
                self.table.meanings(&full, at)
            }
            _ => self.table.meanings(path, at),
        }
    }

    fn use_path(&mut self, path: &[String], first: Span, last: Span) {
        let used = Used {
            meanings: self.meanings(path),
            spot: Spot::between(self.file, first, last),
            imported: false,
        };
        self.uses.paths.push(used);
    }

    fn define(&mut self, kind: Kind, ident: &Ident) -> usize {
        let mut path = vec!["crate".to_owned()];
        path.extend_from_slice(&self.module);
        // Items inside a function are no members of the type around it.
        if kind == Kind::Function
            && self.functions.is_empty()
            && let Some(own) = &self.self_type
        {
            // The type may be another module's.
            let mut origins = self.meanings(own).into_iter();
            match origins.find(|m| m.first().is_some_and(|f| f == "crate")) {
                Some(origin) => path = origin,
                None => path.extend(own.last().cloned()),
            }
        }
        path.push(ident.unraw().to_string());
        self.uses.defined.push(Defined {
            kind,
            path,
            spot: Spot::of(self.file, ident.span()),
            calls_itself: Vec::new(),
            reached: self.reached,
        });
        self.uses.defined.len() - 1
    }

    fn within_function(&mut self, signature: &syn::Signature, walk: impl FnOnce(&mut Self)) {
        let index = self.define(Kind::Function, &signature.ident);
        let method = signature
            .receiver()
            .map(|_| signature.ident.unraw().to_string());
        self.functions.push(Function {
            index,
            path: self.uses.defined[index].path.clone(),
            method,
        });
        walk(self);
        self.functions.pop();
    }

    fn calls_itself(&mut self, spot: Spot) {
        if let Some(function) = self.functions.last() {
            self.uses.defined[function.index].calls_itself.push(spot);
        }
    }

    fn method_call(&mut self, method: &Ident) {
        let name = method.unraw().to_string();
        let spot = Spot::of(self.file, method.span());
        let own = self.functions.last().and_then(|f| f.method.as_ref());
        if own == Some(&name) {
            self.calls_itself(spot.clone());
        }
        self.uses.methods.push((name, spot));
    }

    fn called(&mut self, path: &syn::ExprPath) {
        let segments = names::segments(&path.path);
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let spot = Spot::of(self.file, last.ident.span());
        if segments.len() > 1 || path.qself.is_some() {
            let name = last.ident.unraw().to_string();
            self.uses.methods.push((name, spot.clone()));
        }
        let meanings = self.meanings(&segments);
        let own = self.functions.last().map(|function| &function.path);
        if own.is_some_and(|own| meanings.iter().any(|path| path == own)) {
            self.calls_itself(spot);
        }
    }

    /// `<Type as Trait>::name` and `<Type>::name`: the member of the type, besides that of the trait.
    fn member_of_type(&mut self, qself: Option<&syn::QSelf>, path: &syn::Path) {
        let Some(qself) = qself else { return };
        let (Some(mut full), Some(last)) = (names::plain_type(&qself.ty), path.segments.last())
        else {
            return;
        };
        full.push(last.ident.unraw().to_string());
        self.use_path(&full, last.ident.span(), last.ident.span());
    }

    fn imports(&mut self, tree: &UseTree, prefix: &[String], first: Option<Span>) {
        let start = |ident: &Ident| first.unwrap_or_else(|| ident.span());
        let (path, from, to) = match tree {
            UseTree::Path(path) => {
                let mut prefix = prefix.to_vec();
                prefix.push(path.ident.unraw().to_string());
                let from = start(&path.ident);
                return self.imports(&path.tree, &prefix, Some(from));
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.imports(tree, prefix, None);
                }
                return;
            }
            UseTree::Glob(_) => return,
            UseTree::Name(name) => {
                let (_, path) = names::leaf(prefix, &name.ident.unraw().to_string());
                (path, start(&name.ident), name.ident.span())
            }
            UseTree::Rename(rename) => {
                let (_, path) = names::leaf(prefix, &rename.ident.unraw().to_string());
                (path, start(&rename.ident), rename.ident.span())
            }
        };
        let used = Used {
            meanings: self.meanings(&path),
            spot: Spot::between(self.file, from, to),
            imported: true,
        };
        self.uses.paths.push(used);
    }

    /// A macro's arguments, read as what they most likely are.
    fn arguments(&mut self, tokens: &TokenStream) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(expressions) = expressions.parse2(tokens.clone()) {
            expressions.iter().for_each(|e| self.visit_expr(e));
        } else if let Ok((value, count)) = repeated.parse2(tokens.clone()) {
            self.visit_expr(&value);
            self.visit_expr(&count);
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            self.statements(&statements);
        } else if let Ok((value, rest)) = matched.parse2(tokens.clone()) {
            self.visit_expr(&value);
            self.raw(rest);
        } else {
            self.raw(tokens.clone());
        }
    }

    /// Paths, method calls and macro calls as far as tokens alone show them.
    fn raw(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let punct = |index: usize, wanted: char| matches!(tokens.get(index), Some(TokenTree::Punct(p)) if p.as_char() == wanted);
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Group(group) => self.raw(group.stream()),
                TokenTree::Ident(first) => {
                    let after_dot = index > 0 && punct(index - 1, '.');
                    let mut path = vec![first.unraw().to_string()];
                    let mut last = first;
                    while punct(index + 1, ':')
                        && punct(index + 2, ':')
                        && let Some(TokenTree::Ident(next)) = tokens.get(index + 3)
                    {
                        path.push(next.unraw().to_string());
                        last = next;
                        index += 3;
                    }
                    if after_dot {
                        self.method_call(first);
                    } else if punct(index + 1, '!') {
                        let spot = Spot::between(self.file, first.span(), last.span());
                        let meanings = self.meanings(&path);
                        self.uses.macros.push(Used {
                            meanings,
                            spot,
                            imported: false,
                        });
                    } else {
                        let name = last.unraw().to_string();
                        let is_call = matches!(tokens.get(index + 1), Some(TokenTree::Group(_)));
                        if path.len() > 1 && is_call {
                            let spot = Spot::of(self.file, last.span());
                            self.uses.methods.push((name, spot));
                        }
                        self.use_path(&path, first.span(), last.span());
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            index += 1;
        }
    }

    fn statements(&mut self, statements: &[Stmt]) {
        let items = statements.iter().filter_map(|statement| match statement {
            Stmt::Item(item) if !item_is_off(item) => Some(item),
            _ => None,
        });
        self.blocks.push(Scope::of(items));
        for statement in statements {
            self.visit_stmt(statement);
        }
        self.blocks.pop();
    }
}

/// `vec![value; count]`.
fn repeated(input: ParseStream<'_>) -> syn::Result<(Expr, Expr)> {
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok((value, input.parse()?))
}

/// `matches!(value, pattern)`: the rest is not an expression.
fn matched(input: ParseStream<'_>) -> syn::Result<(Expr, TokenStream)> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok((value, input.parse()?))
}

/// Whether an item is surely not compiled.
pub(super) fn item_is_off(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    };
    is_off(attributes)
}

impl<'ast> Visit<'ast> for Walk<'_> {
    // Names in attributes are not the program's doing.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    // `pub(in path)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_item(&mut self, item: &'ast Item) {
        if item_is_off(item) {
            return;
        }
        match item {
            Item::Struct(item) => {
                self.define(Kind::Type, &item.ident);
            }
            Item::Enum(item) => {
                self.define(Kind::Type, &item.ident);
            }
            Item::Union(item) => {
                self.define(Kind::Type, &item.ident);
            }
            Item::Type(item) => {
                self.define(Kind::Type, &item.ident);
            }
            Item::Static(item) => {
                self.define(Kind::Static, &item.ident);
            }
            Item::Const(item) => {
                self.define(Kind::Static, &item.ident);
            }
            Item::Trait(item) => {
                self.define(Kind::Trait, &item.ident);
            }
            Item::Use(item) => return self.imports(&item.tree, &[], None),
            Item::Verbatim(tokens) => return self.raw(tokens.clone()),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let blocks = std::mem::take(&mut self.blocks);
        self.module.push(item.ident.unraw().to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
        self.blocks = blocks;
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let own = self.self_type.take();
        self.within_function(&item.sig, |walk| visit::visit_item_fn(walk, item));
        self.self_type = own;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let own = std::mem::replace(&mut self.self_type, names::plain_type(&item.self_ty));
        let functions = std::mem::take(&mut self.functions);
        visit::visit_item_impl(self, item);
        self.functions = functions;
        self.self_type = own;
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let name = vec![item.ident.unraw().to_string()];
        let own = self.self_type.replace(name);
        let functions = std::mem::take(&mut self.functions);
        visit::visit_item_trait(self, item);
        self.functions = functions;
        self.self_type = own;
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes: &[Attribute] = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        if is_off(attributes) {
            return;
        }
        match item {
            ImplItem::Fn(item) => {
                self.within_function(&item.sig, |walk| visit::visit_impl_item_fn(walk, item));
            }
            ImplItem::Verbatim(tokens) => self.raw(tokens.clone()),
            _ => visit::visit_impl_item(self, item),
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        match item {
            TraitItem::Fn(item) if is_off(&item.attrs) => {}
            TraitItem::Fn(item) if item.default.is_some() => {
                self.within_function(&item.sig, |walk| visit::visit_trait_item_fn(walk, item));
            }
            TraitItem::Verbatim(tokens) => self.raw(tokens.clone()),
            _ => visit::visit_trait_item(self, item),
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if !is_off(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(&block.stmts);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) {
            let segments = names::segments(path);
            self.use_path(&segments, first.ident.span(), last.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.member_of_type(path.qself.as_ref(), &path.path);
        visit::visit_expr_path(self, path);
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        self.member_of_type(path.qself.as_ref(), &path.path);
        visit::visit_type_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let mut function = &*call.func;
        while let Expr::Paren(inner) = function {
            function = &inner.expr;
        }
        if let Expr::Path(path) = function {
            self.called(path);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.method_call(&call.method);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        if let Expr::Verbatim(tokens) = expression {
            self.raw(tokens.clone());
        } else {
            visit::visit_expr(self, expression);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let (Some(first), Some(last)) = (call.path.segments.first(), call.path.segments.last()) {
            let meanings = self.meanings(&names::segments(&call.path));
            let spot = Spot::between(self.file, first.ident.span(), last.ident.span());
            self.uses.macros.push(Used {
                meanings,
                spot,
                imported: false,
            });
        }
        self.arguments(&call.tokens);
    }
}
