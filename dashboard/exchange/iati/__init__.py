"""IATI 2.03: results of a plan as activities, one for each area that reports."""
