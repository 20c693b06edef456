"""The one family of errors a user can cause.

A command prints the message as one line and ends with exit code 2; a library caller catches `JiaozhuError`.
A message names the item, says what is wrong with it, and what to do.
"""


class JiaozhuError(Exception):
    """Something the user gave cannot be used: a path, a file, a setting, a server, a record."""


class SpanError(JiaozhuError):
    """A span lies outside its text, or its text is not what the record says."""
