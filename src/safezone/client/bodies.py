"""What is sent and what is answered, as JSON: plain dictionaries whose members are typed.

They mirror the schemas of the API's OpenAPI document; a test holds the two together. A newer
service may answer with further members.
"""

from typing import Literal, NotRequired

# Before Python 3.12, pydantic and FastAPI take no TypedDict of the standard library's.
from typing_extensions import TypedDict

Include = Literal["evidence", "precedents", "sentences", "invariance"]
"""Parts of an assessment that a call may ask for."""

Scalar = str | float | bool | None

FlatAssessment = dict[str, Scalar]
"""An assessment as an object of scalars, for databases and forms with one column a value."""


class Framing(TypedDict):
    """One way to describe a project."""

    abstract: str
    title: NotRequired[str]


class Proposal(Framing):
    """A proposal; `id` is only given back, `policy` the id of the policy that routes it."""

    id: NotRequired[str | None]
    policy: NotRequired[str | None]


class ProblemItem(TypedDict):
    pointer: str
    code: str
    detail: str


class Problem(TypedDict):
    """RFC 9457 problem details. `type` is stable."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ProblemItem] | None]


class Axis(TypedDict):
    """One axis: the median level, calibrated probabilities by level that sum to 1, and the levels
    not excluded. Level and probabilities are None where the model abstained.
    """

    level: str | None
    probabilities: dict[str, float] | None
    set: list[str]


class Area(TypedDict):
    slug: str
    name: str
    probability: float


class SentenceEvidence(TypedDict):
    """What a sentence adds to the log-odds; `start` and `end` are characters of the field sent."""

    field: Literal["title", "abstract"]
    start: int
    end: int
    contribution: float
    alone: float | None
    occlusion: float | None


class AxisEvidence(TypedDict):
    at_least: str
    log_odds: float
    baseline: float
    sentences: list[SentenceEvidence]


class Precedent(TypedDict):
    id: str
    title: str
    similarity: float
    levels: dict[str, str]
    areas: list[str]
    why: str


class ListPointer(TypedDict):
    """An entry of a public list that may be worth looking at; never a finding."""

    list: str
    version: str
    kind: str
    entry: str
    name: str
    by: Literal["area", "phrase"]
    because: str
    certain: bool
    field: Literal["title", "abstract"] | None
    start: int | None
    end: int | None


class Reason(TypedDict):
    code: str
    message: str
    axis: str | None
    probability: float | None
    threshold: float | None
    area: str | None


class Safeguard(TypedDict):
    id: str
    name: str
    text: str
    why: str
    source: str
    certain: bool


class Route(TypedDict):
    """A triage signal for a person, never a verdict."""

    signal: Literal["no_flag", "human_review"]
    reasons: list[Reason]
    mode: Literal["open", "hosted_data", "shared_data", "managed"] | None
    safeguards: list[Safeguard]


class Input(TypedDict):
    language: str
    characters: int
    words: int
    parts: int
    truncated: bool


class Provenance(TypedDict):
    model: str
    taxonomy: str
    lists: str
    text: str
    calibration: str
    coverage: float
    policy: str
    encoder: str
    weights_sha256: str
    arithmetic: str


class SwapCheck(TypedDict):
    """One kind of exchange, in the text or in a sentence that was added at its end."""

    kind: Literal["countries", "institutions", "people"]
    where: Literal["in_text", "added"]
    swaps: int
    differing: int
    compared: int
    largest_shift: float
    largest_area_shift: float
    level_changes: int
    signal_changes: int


class Invariance(TypedDict):
    """What exchanging who is named did to the answer of this very text."""

    swaps: int
    differing: int
    compared: int
    texts_read: int
    largest_shift: float
    largest_area_shift: float
    level_changes: int
    signal_changes: int
    checks: list[SwapCheck]
    statement: str
    text_sha256: str
    provenance: Provenance


class Assessment(TypedDict):
    """The answer for one proposal. The axes are never merged into one number."""

    id: str | None
    abstained: bool
    sensitivity: Axis
    instrumentation: Axis
    data_use: Axis
    benefit: Axis
    areas: list[Area]
    evidence: NotRequired[dict[str, AxisEvidence]]
    precedents: NotRequired[list[Precedent]]
    invariance: NotRequired[Invariance]
    list_pointers: list[ListPointer]
    route: Route
    input: Input
    provenance: Provenance


class BatchItem(TypedDict):
    """What came of one proposal of many: an assessment or a problem, the other is None."""

    assessment: Assessment | None
    problem: Problem | None


class Change(TypedDict):
    before: float
    after: float
    change: float


class SentenceIn(TypedDict):
    field: Literal["title", "abstract"]
    start: int
    end: int
    contribution: float


class SentenceChange(TypedDict):
    """One sentence's part in the change of the log-odds."""

    status: Literal["removed", "added", "kept"]
    before: SentenceIn | None
    after: SentenceIn | None
    change: float


class AxisComparison(TypedDict):
    level_before: str
    level_after: str
    probabilities: dict[str, Change]
    at_least: str
    log_odds: Change
    removed: float
    added: float
    kept: float
    sentences: list[SentenceChange]
    summary: str


class Comparison(TypedDict):
    """What changed between two framings of a project."""

    before: Assessment
    after: Assessment
    not_compared: str | None
    similarity: float | None
    sentences_kept: float | None
    same_meaning: bool | None
    falls: list[str]
    sensitivity: AxisComparison | None
    instrumentation: AxisComparison | None
    data_use: AxisComparison | None
    benefit: AxisComparison | None
    warning: str | None
    notice: str


class RowProblem(TypedDict):
    code: str
    detail: str


class JobRow(TypedDict):
    """What came of a row of a job's file, from 1: an assessment or a problem, the other is None."""

    row: int
    id: str | None
    assessment: Assessment | None
    problem: RowProblem | None


class Webhook(TypedDict):
    delivered: bool
    attempts: int
    outcome: str | None


class Job(TypedDict):
    """A file that is assessed in the background; times are RFC 3339 in UTC."""

    id: str
    state: Literal["queued", "running", "completed", "failed"]
    policy: str | None
    include: list[Include]
    rows: int
    done: int
    bad: int
    created: str
    started: str | None
    finished: str | None
    expires: str
    error: str | None
    webhook: Webhook | None


class EndedJob(TypedDict):
    id: str
    state: Literal["completed", "failed"]
    rows: int
    done: int
    bad: int
    expires: str


class JobEvent(TypedDict):
    """What a webhook tells: that a job has ended, never what it found."""

    type: Literal["job.completed", "job.failed"]
    timestamp: str
    data: EndedJob


class PolicyEntry(TypedDict):
    id: str
    version: str
    name: str
    owner: str
    as_of: str
    default: bool


class Level(TypedDict):
    id: str
    meaning: str


class AxisDescription(TypedDict):
    id: str
    name: str
    question: str
    levels: list[Level]


class AreaDescription(TypedDict):
    slug: str
    name: str
    scope: str


class ModeDescription(TypedDict):
    id: str
    meaning: str


class Taxonomy(TypedDict):
    version: str
    axes: list[AxisDescription]
    areas: list[AreaDescription]
    modes: list[ModeDescription]


class Limits(TypedDict):
    abstract_characters: int
    title_characters: int
    id_characters: int
    body_bytes: int
    proposals_in_a_batch: int
    rate: str
    deadline_seconds: float
    waiting_requests: int
    job_rows: int
    job_bytes: int
    retention_hours: float
    webhooks: bool
