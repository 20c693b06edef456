"""Documents in, pre-annotated tasks to Label Studio, corrections back into an append-only log."""
