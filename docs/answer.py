"""Draws docs/answer.svg: what `safezone assess` shows for three abstracts of tests/fixtures.

python docs/answer.py
"""

from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from safezone import Proposal, load_assessor
from safezone.cli.render import render
from safezone.corpus.records import read_records
from safezone.taxonomy import load_taxonomy

DOCS = Path(__file__).parent
SHOWN = ("own-t-0001", "own-t-0002", "own-t-0003")
# Rich's own format without its web fonts: a picture that loads nothing from elsewhere.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    taxonomy = load_taxonomy()
    records = {
        record.id: record
        for record in read_records(
            [DOCS.parent / "tests" / "fixtures" / "abstracts.jsonl"], taxonomy
        )
    }
    chosen = [records[name] for name in SHOWN]
    answers = load_assessor().assess([Proposal(r.abstract, r.title) for r in chosen], explain=True)
    console = Console(record=True, width=118, file=StringIO(), force_terminal=True)
    for record, answer in zip(chosen, answers, strict=True):
        console.print(render(answer, taxonomy, Proposal(record.abstract, record.title)))
    svg = console.export_svg(theme=DEFAULT_TERMINAL_THEME, code_format=FORMAT, unique_id="answer")
    lines = "\n".join(line.rstrip() for line in svg.splitlines())
    (DOCS / "answer.svg").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
