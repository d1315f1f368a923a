//! Whether an item is compiled at all, as far as its `#[cfg(…)]` tells.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// Whether attributes surely switch an item off. What is not known counts as on.
pub(super) fn is_off(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args::<Meta>().ok())
        .any(|condition| value(&condition) == Some(false))
}

/// The value of a condition where it is the same in every build that memgrade makes.
fn value(condition: &Meta) -> Option<bool> {
    match condition {
        Meta::Path(path) if path.is_ident("test") || path.is_ident("doc") => Some(false),
        Meta::Path(path) if path.is_ident("false") => Some(false),
        Meta::Path(path) if path.is_ident("true") => Some(true),
        // A feature of the package: none is ever set.
        Meta::NameValue(pair) if pair.path.is_ident("feature") => Some(false),
        Meta::List(list) => {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            let values: Vec<Option<bool>> = list
                .parse_args_with(parser)
                .ok()?
                .iter()
                .map(value)
                .collect();
            if list.path.is_ident("all") {
                decided(&values, false)
            } else if list.path.is_ident("any") {
                decided(&values, true)
            } else if list.path.is_ident("not") {
                values.first().copied().flatten().map(|value| !value)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// One value `decisive` decides; otherwise all must be known to be the other.
fn decided(values: &[Option<bool>], decisive: bool) -> Option<bool> {
    if values.contains(&Some(decisive)) {
        Some(decisive)
    } else if values.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_decided_where_they_can_be() {
        let off = |text: &str| {
            let condition: Meta = syn::parse_str(text).unwrap();
            value(&condition) == Some(false)
        };
        for text in [
            "test",
            "any()",
            "all(unix, test)",
            "not(all())",
            "feature = \"x\"",
            "any(test, doc)",
        ] {
            assert!(off(text), "{text}");
        }
        for text in [
            "unix",
            "all()",
            "not(test)",
            "any(unix, test)",
            "debug_assertions",
        ] {
            assert!(!off(text), "{text}");
        }
    }
}
