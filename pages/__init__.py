"""The pages people open: one thin script each. The file's name is the page's address."""
