"""The door: who is let in and how answers are protected, before and beside the pages."""
