"""The same model behind LitServe, which reads requests that come together as one batch.

python batched.py PORT
"""

import sys
from collections.abc import Sequence
from typing import Any

import litserve  # type: ignore[import-not-found]

from safezone import Assessment, Proposal, load_assessor
from safezone.assessment.serialise import to_dict

BATCH = 8
# Seconds that a request waits for others to be read with it: much less than reading takes.
WAIT = 0.01


class Api(litserve.LitAPI):  # type: ignore[misc]
    def setup(self, device: str) -> None:
        del device
        self.assessor = load_assessor()

    def decode_request(self, request: dict[str, str]) -> Proposal:
        return Proposal(request["abstract"], request["title"])

    def predict(self, proposals: Sequence[Proposal]) -> list[Assessment]:
        return list(self.assessor.assess(proposals))

    def encode_response(self, assessment: Assessment) -> dict[str, Any]:
        return to_dict(assessment)


if __name__ == "__main__":
    api = Api(max_batch_size=BATCH, batch_timeout=WAIT)
    server = litserve.LitServer(api, accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
