"""Local stand-ins for the public APIs, answering in the formats that their documentation gives."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = dict[str, str]


@dataclass
class FakeSources:
    """`texts`: title and abstract by `source:identifier`; `years` of the SBIR awards.

    `asked` counts requests by path. `trouble` maps a path to statuses that the next requests to it
    get in place of an answer; `nonsense` holds paths that answer in another format.
    """

    texts: dict[str, tuple[str, str]]
    years: dict[str, int] = field(default_factory=dict)
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    trouble: dict[str, list[int]] = field(default_factory=dict)
    nonsense: set[str] = field(default_factory=set)

    def of(self, source: str) -> dict[str, tuple[str, str]]:
        return {
            name.partition(":")[2]: text
            for name, text in self.texts.items()
            if name.startswith(f"{source}:")
        }

    @property
    def endpoints(self) -> dict[str, str]:
        return {name: f"{self.url}/{name}" for name in ("nsf", "sbir", "nih", "arxiv", "pubmed")}


def _nsf(fake: FakeSources, query: Query, _: Any) -> str:
    found = fake.of("nsf").get(query["id"])
    if found is None:
        notice = [{"notificationType": "ERROR", "notificationCode": "DATA-0002"}]
        return json.dumps({"response": {"serviceNotification": notice}})
    title, abstract = found
    award = {"id": query["id"], "title": title, "abstractText": abstract}
    return json.dumps({"response": {"award": [award]}})


def _sbir(fake: FakeSources, query: Query, _: Any) -> str:
    start, rows = int(query["start"]), int(query["rows"])
    awards = [
        {
            "firm": "A firm",
            "award_title": title,
            "agency_tracking_number": number if number.isdigit() else f"T-{number}",
            "contract": "" if number.isdigit() else number,
            "award_year": query["year"],
            "abstract": abstract,
        }
        for number, (title, abstract) in fake.of("sbir").items()
        if str(fake.years[number]) == query["year"]
    ]
    if start and start >= len(awards):
        return json.dumps({"message": "No record found."})
    return json.dumps(awards[start : start + min(rows, 2)])  # the API may give fewer than asked


def _nih(fake: FakeSources, _: Query, body: Any) -> str:
    criteria = body["criteria"]
    results = []
    for number, (title, abstract) in fake.of("nih").items():
        split = re.fullmatch(r"(.+-\d\d)-(\d{4})", number)
        project, subproject = split.groups() if split else (number, None)
        row = {
            "appl_id": int(number) if number.isdigit() else 1,
            "project_num": "1R01XX000000-01" if number.isdigit() else project,
            "subproject_id": subproject,
            "project_title": title,
            "abstract_text": abstract,
        }
        if row["appl_id"] in criteria.get("appl_ids", ()) or (
            not number.isdigit() and row["project_num"] in criteria.get("project_nums", ())
        ):
            results.append(row)
    offset = body["offset"]
    page = results[offset : offset + body["limit"]]
    return json.dumps({"meta": {"total": len(results), "offset": offset}, "results": page})


def _arxiv(fake: FakeSources, query: Query, _: Any) -> str:
    known = fake.of("arxiv")
    entries = [
        f"<entry><id>http://arxiv.org/abs/{number}v2</id><title>{escape(known[number][0])}</title>"
        f"<summary>  {escape(known[number][1])}\n</summary></entry>"
        for number in query["id_list"].split(",")
        if number in known
    ] or ["<entry><id>http://arxiv.org/api/errors#none</id><title>Error</title></entry>"]
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'


def _pubmed(fake: FakeSources, query: Query, _: Any) -> str:
    known = fake.of("pubmed")
    articles = []
    for number in query["id"].split(","):
        if number in known:
            title, abstract = known[number]
            half = len(abstract) // 2
            split = abstract.index(" ", half)
            sections = (("BACKGROUND", abstract[:split]), ("RESULTS", abstract[split:]))
            articles.append(
                f'<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article>'
                f"<ArticleTitle>{escape(title)}</ArticleTitle><Abstract>"
                + "".join(
                    f'<AbstractText Label="{label}">{escape(text)}</AbstractText>'
                    for label, text in sections
                )
                + "</Abstract></Article></MedlineCitation></PubmedArticle>"
            )
    return (
        '<?xml version="1.0" ?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
        f'"pubmed.dtd"><PubmedArticleSet>{"".join(articles)}</PubmedArticleSet>'
    )


_ANSWERS: dict[str, Callable[[FakeSources, Query, Any], str]] = {
    "/nsf/awards.json": _nsf,
    "/sbir/awards": _sbir,
    "/nih/projects/search": _nih,
    "/arxiv/query": _arxiv,
    "/pubmed/efetch.fcgi": _pubmed,
}


@contextmanager
def serve_sources(fake: FakeSources) -> Iterator[FakeSources]:
    """The stand-ins on a free port, while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            address = urlsplit(self.path)
            fake.asked[address.path] += 1
            fake.agents.add(self.headers["User-Agent"])
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            status, content = 200, ""
            if fake.trouble.get(address.path):
                status = fake.trouble[address.path].pop(0)
            elif address.path in fake.nonsense:
                content = "<html>We have moved."
            else:
                content = _ANSWERS[address.path](fake, query, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
