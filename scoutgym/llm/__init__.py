"""Language models: a vocabulary, a tiny model, and batched sampling. Importing this package imports no torch."""
