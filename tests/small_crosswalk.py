"""A crosswalk small enough to see whole, as its two files."""

LISTS = """
[[list]]
id = "one"
name = "One"
issuer = "Someone"
jurisdiction = "EU"
kind = "export-control"
version = "1"
as_of = 2026-01-01
certain = true
entries = [
  { id = "1", name = "First", certain = true },
  { id = "2A", name = "Second", certain = false, note = "In doubt." },
]

[[list]]
id = "two"
name = "Two"
issuer = "Someone else"
jurisdiction = "CN"
kind = "data-rule"
version = "2"
as_of = 2025-01-01
certain = false
entries = [{ id = "x", name = "Only", certain = true }]
"""
LINES = """
version = "7"

[[area]]
slug = "moths"
entries = ["two:x", "one:1"]
perhaps = ["one:2A"]

[[area]]
slug = "maths"
entries = []
perhaps = ["one:1"]

[[phrase]]
spellings = ["laser", "optical maser"]
entries = ["one:1"]
certain = true

[[phrase]]
spellings = ["laser ring", "sound wave"]
entries = ["one:1", "two:x"]
certain = false
"""
AREAS = ("maths", "moths")
