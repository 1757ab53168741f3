"""A relay between REDCap and safezone.

REDCap's Data Entry Trigger tells that a record was saved, not what is in it. The relay then reads
the title and the abstract over REDCap's API, has them assessed, and writes the flat answer into
fields of the same record. It keeps nothing, and sends safezone nothing else.

    uvicorn --factory redcap_relay:from_environment --port 8100   # answers the trigger
    python redcap_relay.py                                        # catches up; run it every hour

Data Entry Trigger of the project: https://RELAY/trigger/RELAY_SECRET
"""

import hmac
import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from safezone.client import AsyncSafezoneClient, ClientError, InvalidRequest

# Columns of the flat view, each written into the field `sz_…`, such as `sz_signal`.
COLUMNS = (
    *("signal", "mode", "reasons", "safeguards", "abstained"),
    *("sensitivity", "sensitivity_set", "instrumentation", "instrumentation_set"),
    *("data_use", "data_use_set", "benefit", "benefit_set", "area_1", "policy", "model"),
    *("problem", "problem_detail"),
)
log = logging.getLogger("redcap_relay")


@dataclass(frozen=True)
class Project:
    """One REDCap project: where its API is, and what its fields are called."""

    api_url: str
    token: str
    instrument: str = "proposal"
    record_field: str = "record_id"
    title_field: str = "title"
    abstract_field: str = "abstract"


class Relay:
    """Assesses records of a project."""

    def __init__(
        self, project: Project, redcap: httpx.AsyncClient, safezone: AsyncSafezoneClient
    ) -> None:
        self.project = project
        self._redcap = redcap
        self._safezone = safezone

    async def assess_record(self, record: str) -> None:
        """Assess one record; what fails is left to `catch_up`."""
        try:
            await self._assess({"records[0]": record})
        except (ClientError, httpx.HTTPError) as error:
            # The kind alone: neither is the record's number for a log, nor what is in it.
            log.warning("a record waits: %s", type(error).__name__)

    async def catch_up(self) -> int:
        """Assess all complete records that have no answer yet; gives how many."""
        complete = f"[{self.project.instrument}_complete] = '2'"
        none_yet = "[sz_signal] = '' and [sz_problem] = ''"
        return await self._assess({"filterLogic": f"{complete} and {none_yet}"})

    async def _assess(self, which: Mapping[str, str]) -> int:
        project = self.project
        fields = (project.record_field, project.title_field, project.abstract_field)
        asked = {f"fields[{number}]": name for number, name in enumerate(fields)}
        rows = await self._call(action="export", **asked, **which)
        for row in rows:
            try:
                answer = await self._safezone.assess_flat(
                    row[project.abstract_field], row[project.title_field]
                )
            except InvalidRequest as error:  # of this text, and the same next time
                answer = {"problem": error.kind, "problem_detail": str(error)}
            texts = {f"sz_{name}": _text(answer.get(name)) for name in COLUMNS}
            # Whatever says which row it is, in projects with events too.
            of_row = {name: text for name, text in row.items() if name.startswith("redcap_")}
            written = {project.record_field: row[project.record_field], **of_row, **texts}
            await self._call(action="import", data=json.dumps([written]))
        return len(rows)

    async def _call(self, **form: str) -> list[dict[str, str]]:
        common = {
            "token": self.project.token,
            "content": "record",
            "format": "json",
            "type": "flat",
        }
        answer = await self._redcap.post(self.project.api_url, data={**common, **form})
        answer.raise_for_status()
        found = answer.json()
        return found if isinstance(found, list) else []


def _text(value: str | float | bool | None) -> str:
    """As REDCap takes it: 1 and 0 for yes and no."""
    return "" if value is None else str(int(value) if isinstance(value, bool) else value)


def create_app(relay: Relay, secret: str) -> Starlette:
    """Answers REDCap at once, and works afterwards."""

    async def trigger(request: Request) -> Response:
        # The trigger cannot sign what it sends: a secret in the address stands for that. What it
        # says of where REDCap is (`redcap_url`) is not believed.
        if not hmac.compare_digest(request.path_params["secret"].encode(), secret.encode()):
            return Response(status_code=404)
        form = await request.form()
        instrument = relay.project.instrument
        complete = (
            form.get("instrument") == instrument and form.get(f"{instrument}_complete") == "2"
        )
        if not complete:
            return Response(status_code=204)
        task = BackgroundTask(relay.assess_record, str(form.get("record", "")))
        return Response(status_code=202, background=task)

    return Starlette(routes=[Route("/trigger/{secret}", trigger, methods=["POST"])])


def _relay() -> Relay:
    environment = os.environ
    return Relay(
        Project(environment["REDCAP_API_URL"], environment["REDCAP_TOKEN"]),
        httpx.AsyncClient(timeout=60),
        AsyncSafezoneClient(environment["SAFEZONE_URL"], environment.get("SAFEZONE_KEY")),
    )


def from_environment() -> Starlette:
    return create_app(_relay(), os.environ["RELAY_SECRET"])


if __name__ == "__main__":
    sys.stdout.write(f"{anyio.run(_relay().catch_up)} records were assessed\n")
