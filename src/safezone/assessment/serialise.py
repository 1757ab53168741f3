"""What the package answers as plain data, the same for every way out of the program."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Finer digits would be noise of the floating-point order of additions, not information.
_DECIMALS = 6


def to_dict(result: "DataclassInstance") -> dict[str, Any]:
    """JSON-ready dictionary with the field names of the dataclass; numbers to six decimals."""
    plain: dict[str, Any] = _plain(asdict(result))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
