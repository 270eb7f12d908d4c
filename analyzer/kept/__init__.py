"""What a run leaves for the next call: read in milliseconds, thrown away at any time.

A build asks about one file after the other, and most of them hold nothing for a rule. Modules here
import nothing heavy.
"""
