"""Training a model from scratch on a set and predicting with it."""
