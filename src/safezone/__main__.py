"""`python -m safezone` is the `safezone` command."""

from safezone.cli.main import app

app(prog_name="safezone")
