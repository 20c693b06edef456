"""Cleaning rules, one file a defect. `corpus.clean` lists them in their order."""
