"""Raw pages in, cleaned and deduplicated documents out."""
