"""Reading what is analysed: kernel trees, their releases, files and revisions."""

from analyzer.source.mentions import Mentions
from analyzer.source.provenance import Provenance, provenance
from analyzer.source.tree import Tree, find_root, open_tree

__all__ = ["Mentions", "Provenance", "Tree", "find_root", "open_tree", "provenance"]
