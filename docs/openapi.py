"""Writes docs/openapi.json, the contract of a service that asks for keys and has no own policies.

python docs/openapi.py
"""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from safezone.api.app import create_app
from safezone.api.service import open_service
from safezone.config import read_settings

PAGE = Path(__file__).with_suffix(".json")

with tempfile.TemporaryDirectory() as folder:
    settings = read_settings(store=f"sqlite:///{folder}/safezone.db", auth="off")
    app = create_app(replace(open_service(settings), asks_for_keys=True))
    PAGE.write_text(json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n", "utf-8")
