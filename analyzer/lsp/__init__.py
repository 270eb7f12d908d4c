"""The language server: what an editor asks while somebody edits, over the protocol that editors
share.
"""
