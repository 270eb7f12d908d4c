"""The command line: one file a command; the only importer of click."""
