"""zaplint: a static analyzer of the Linux kernel's memory-management protocols."""

__version__ = "0.1.0"
