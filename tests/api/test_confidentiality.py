"""Nothing of a proposal is written anywhere, not even with the log at its most talkative."""

import time

import httpx

from bad_requests import BAD_REQUESTS, CANARY
from live_server import LiveServer


def test_no_text_reaches_the_log(debug_server: LiveServer) -> None:
    with httpx.Client(base_url=debug_server.url, timeout=30) as client:
        good = {"id": CANARY, "title": CANARY, "abstract": f"We study {CANARY} and ice. " * 20}
        assert client.post("/v1/assessments", json=good).status_code == 200
        for _, _, content, headers in BAD_REQUESTS.values():
            client.post("/v1/assessments", content=content, headers=headers)
        client.get("/livez")
    time.sleep(0.2)
    log = debug_server.log.read_text(errors="replace")
    # The guard could fail: the log does hold what it may hold.
    assert "/v1/assessments" in log
    assert CANARY not in log
    assert "Traceback" not in log
