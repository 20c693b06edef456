"""Documents and the annotation log in, the published dataset out."""
