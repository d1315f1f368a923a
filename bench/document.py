"""Writes tables between the markers of a document: `<!-- bench: NAME -->` and `<!-- /bench -->`."""

import re

from measuring import ROOT, stop

DOCUMENTS = [ROOT / "docs" / "benchmarks.md", ROOT / "README.md"]


def fill(tables):
    """`tables` has the text of each name. Places whose table was not made this time keep what they have."""
    left = set(tables)
    for path in DOCUMENTS:
        text = path.read_text()
        for name, table in tables.items():
            pattern = rf"(<!-- bench: {re.escape(name)} -->\n).*?(\n<!-- /bench -->)"
            text, found = re.subn(pattern, lambda match: match.group(1) + table + match.group(2), text, flags=re.DOTALL)
            if found:
                left.discard(name)
        path.write_text(text)
    if left:
        stop(f"no document has a place for {', '.join(sorted(left))}")
