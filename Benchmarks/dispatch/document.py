"""Puts the tables of the last measurements into docs/performance.md, between the markers that name them.

Usage: document.py DOCUMENT
"""

import re
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "results"

document = Path(sys.argv[1])
text = document.read_text()
for name in ("dispatch", "million", "scaling"):
    table = RESULTS / f"{name}.md"
    if not table.exists():
        continue
    content = table.read_text().strip()
    text, count = re.subn(
        rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)",
        lambda match: f"{match[1]}\n{content}\n\n{match[2]}", text, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"document: {document} has no markers for {name}")
document.write_text(text)
