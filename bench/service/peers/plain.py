"""The same model behind a plain endpoint: one reading a request, in FastAPI's thread pool.

python plain.py PORT
"""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from safezone import Proposal, load_assessor
from safezone.assessment.serialise import to_dict

app = FastAPI()
assessor = load_assessor()


class Body(BaseModel):
    abstract: str
    title: str = ""


@app.post("/assess")
def assess(body: Body) -> dict[str, Any]:
    [assessment] = assessor.assess([Proposal(body.abstract, body.title)])
    return to_dict(assessment)


uvicorn.run(app, port=int(sys.argv[1]))
