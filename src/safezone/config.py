"""Settings, read once from the environment (`SAFEZONE_…`) and frozen."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from safezone.errors import InvalidSettings


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
    policy: str = Field(
        default="default",
        description="Id of the policy that computes the route, or the path of a `.toml` file.",
    )
    policy_folder: Path | None = Field(
        default=None, description="Folder of further policies, one a `.toml` file."
    )
    threads: int | None = Field(
        default=None, ge=1, description="Threads of the encoder. Default: the library's choice."
    )
    host: str = Field(default="127.0.0.1", description="Address that `safezone serve` binds.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of `safezone serve`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much the service logs; never any text of a proposal."
    )


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides` that are not None win.

    Raises InvalidSettings, which names every variable at fault.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(
            f"SAFEZONE_{str(problem['loc'][0]).upper()}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise InvalidSettings(f"Settings cannot be used: {problems}.") from error
