"""What people do: every change of the record and every reading of it."""
