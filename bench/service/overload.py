"""Far more clients than can be answered: the surplus is refused, the others lose little."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bench.service.load import Asked
from bench.service.running import Running
from bench.service.slices import Figures, Slice, figures, measure

DEADLINE, QUEUE = 5, 64
SETTINGS = MappingProxyType({"SAFEZONE_DEADLINE": str(DEADLINE), "SAFEZONE_QUEUE": str(QUEUE)})
# As many as keep the model busy, and wait not nearly as long as the deadline.
WITHIN = 16
SURPLUS = 200
CALM, PATIENT, IMPATIENT = "within capacity", "patient", "impatient"


def overload(
    server: Running, requests: Sequence[Asked], seconds: float, surplus: int = SURPLUS
) -> Mapping[str, Figures]:
    """The figures of WITHIN clients, before, between and after those of `surplus` clients; of these
    the patient ones come back when they are told to, the impatient ones at once.
    """

    def load(clients: int, *, patient: bool = True) -> list[Slice]:
        asked = itertools.cycle(requests)
        slice_ = measure(server.session, server.port, asked, clients, seconds, patient=patient)
        return [asyncio.run(slice_)]

    calm = load(WITHIN)
    patient = load(surplus)
    calm += load(WITHIN)
    impatient = load(surplus, patient=False)
    calm += load(WITHIN)
    found = {CALM: calm, PATIENT: patient, IMPATIENT: impatient}
    return {name: figures(slices) for name, slices in found.items()}
