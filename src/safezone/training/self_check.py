"""The text on which a loaded model shows that it still answers as it did when it was made."""

SELF_CHECK_TITLE = "Volcanic ash layers as time markers in a new ice core"
SELF_CHECK_ABSTRACT = (
    "How fast an ice sheet answered past warming is known only as well as its ice is dated. We "
    "will date a 640 m core, drilled in an earlier season and stored in a public repository, by "
    "the thin ash layers that large eruptions left in it. Slices of a few millimetres will be "
    "melted, filtered and examined with a standard electron microscope; the composition of single "
    "glass shards will be compared with published catalogues of eruptions. Each match fixes a "
    "depth to a year that other records share. We will combine the fixed points with counts of "
    "annual layers in a statistical age model and estimate its uncertainty at every depth. The "
    "chronology, the shard analyses and the code will be published openly, so that groups working "
    "on marine and lake sediments can place their records on the same time scale. Two doctoral "
    "students will be trained in tephra analysis, and a workshop will bring together laboratories "
    "that work on cores from both hemispheres."
)
