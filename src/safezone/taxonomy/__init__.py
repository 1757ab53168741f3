"""What the labels mean: axes, levels and research areas, as data with types."""

from safezone.taxonomy.types import Area, Axis, Level, Taxonomy, load_taxonomy

__all__ = ["Area", "Axis", "Level", "Taxonomy", "load_taxonomy"]
