"""The browser's face: the visit, readings kept until the record changes, and widgets."""
