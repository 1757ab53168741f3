"""Settings, read once from the environment (`SAFEZONE_…`) and frozen."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from safezone.errors import InvalidSettings


def _with_home(url: str) -> str:
    return url.replace("sqlite:///~/", f"sqlite:///{Path.home()}/", 1)


def _parsed_by_limits(rate: str) -> str:
    # Settings are read by every command, most of which count nothing.
    from limits import parse_many

    try:
        parse_many(rate)
    except ValueError:
        raise ValueError("give a rate such as 60/minute or 60/minute;5000/day") from None
    return rate


Rate = Annotated[str, AfterValidator(_parsed_by_limits)]


class Settings(BaseSettings):
    """Everything that can be set from outside. Each field is the variable of the same name in
    capitals after `SAFEZONE_`.
    """

    model_config = SettingsConfigDict(env_prefix="SAFEZONE_", frozen=True)

    model: Path | None = Field(
        default=None, description="Folder of the model bundle. Default: the shipped one."
    )
    encoder: str | None = Field(
        default=None,
        description="`minilm` (packaged weights), `debug` (no weights, for tests), or the path of "
        "a local sentence-transformers folder. Default: the one that the bundle carries, or else "
        "`minilm`. It must be the one the bundle was trained on.",
    )
    runtime: Literal["auto", "onnx", "openvino"] = Field(
        default="auto",
        description="What computes the encoder that the bundle carries: `openvino` (8-bit "
        "products, faster) or `onnx` (32-bit floats, the same on every machine). Default: "
        "`openvino` where it is installed and the processor is made for it, else `onnx`.",
    )
    policy: str = Field(
        default="default",
        description="Id of the policy that computes the route, or the path of a `.toml` file.",
    )
    policy_folder: Path | None = Field(
        default=None, description="Folder of further policies, one a `.toml` file."
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        description="Parts of texts that one request or command reads at the same time, each on a "
        "core. Default: one in the service, else one a core.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `safezone serve` binds.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of `safezone serve`.")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer requests, each with the model in its own memory.",
    )
    readers: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="Texts that one process of the service reads at the same time. Default: one a "
        "core, shared among the workers, and four at most.",
    )
    auth: Literal["auto", "keys", "off"] = Field(
        default="auto",
        description="Whether requests need an API key: `keys` always, `off` never, `auto` where "
        "the address is not loopback or a key has been made.",
    )
    store: Annotated[str, AfterValidator(_with_home)] = Field(
        default="sqlite:///~/.local/state/safezone/safezone.db",
        description="URL of the database of keys and jobs: `sqlite:///PATH` or "
        "`postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    rate: Rate = Field(
        default="600/minute",
        description="Proposals that one key, or one address without a key, may have assessed, such "
        "as `60/minute` or `60/minute;5000/day`.",
    )
    rate_store: str | None = Field(
        default=None,
        description="Where rates are counted: `redis://HOST`. Default: in the memory of each "
        "process, so that several processes let through several times as much.",
    )
    queue: int = Field(
        default=64,
        ge=1,
        description="Requests that may wait for the model; one more is answered 503 at once.",
    )
    deadline: float = Field(
        default=30,
        gt=0,
        le=600,
        description="Seconds within which a request is answered, or else told that it was not.",
    )
    job_workers: int = Field(
        default=1,
        ge=0,
        le=1,
        description="Whether the service works on jobs itself (`1`), or leaves them to "
        "`safezone worker` (`0`).",
    )
    job_rows: int = Field(default=50_000, ge=1, description="Most rows of a job's file.")
    job_bytes: int = Field(default=200_000_000, ge=1_000, description="Most bytes of a job's file.")
    retention_hours: float = Field(
        default=24, gt=0, description="Hours after which a job and its results are deleted."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Secret of at least 32 characters from which each key's webhook secret is "
        "made. Without it, jobs take no webhooks.",
    )
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description='Private networks that webhooks may reach, as JSON: `["10.1.0.0/16"]`.',
    )
    webhook_ca: Path | None = Field(
        default=None, description="File of certificates to trust in webhooks beside the usual ones."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of reverse proxies whose `x-forwarded-for` is believed, separated "
        "by commas.",
    )
    cors_origins: tuple[str, ...] = Field(
        default=(),
        description='Origins whose pages may call the service, as JSON: `["https://example.org"]`.',
    )
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="Port of `/metrics`. Default: not served."
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address of `/metrics`.")
    traces_endpoint: str | None = Field(
        default=None,
        description="Where traces are sent by OpenTelemetry over HTTP, such as "
        "`http://127.0.0.1:4318/v1/traces`; needs safezone[telemetry]. Default: nowhere.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much the service logs; never any text of a proposal."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="Lines for machines or for people."
    )


_LISTS = ("webhook_networks", "cors_origins")


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides` that are not None win.

    Raises InvalidSettings, which names every variable at fault.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except SettingsError as error:
        names = ", ".join(f"SAFEZONE_{name.upper()}" for name in _LISTS)
        raise InvalidSettings(
            f'A list cannot be read. {names} take JSON, such as ["a", "b"].'
        ) from error
    except ValidationError as error:
        problems = "; ".join(
            f"SAFEZONE_{str(problem['loc'][0]).upper()}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise InvalidSettings(f"Settings cannot be used: {problems}.") from error
