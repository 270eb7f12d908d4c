"""Reading what is analysed: kernel trees, their releases, files and revisions."""

from analyzer.source.checkout import Checkout, Moment
from analyzer.source.compiled import compiled_files
from analyzer.source.git import Commit, Repository
from analyzer.source.mentions import Mentions
from analyzer.source.overlay import NOTHING_OVER, Overlay
from analyzer.source.patches import Patch, applied, read_patches
from analyzer.source.provenance import Provenance, provenance
from analyzer.source.tree import SKIPPED, Tree, find_root, header_places, open_tree

__all__ = [
    "NOTHING_OVER",
    "SKIPPED",
    "Checkout",
    "Commit",
    "Mentions",
    "Moment",
    "Overlay",
    "Patch",
    "Provenance",
    "Repository",
    "Tree",
    "applied",
    "compiled_files",
    "find_root",
    "header_places",
    "open_tree",
    "provenance",
    "read_patches",
]
