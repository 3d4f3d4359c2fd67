"""Headway: an action plan followed from objective to outcome."""

from importlib.metadata import version

__version__ = version("headway")
