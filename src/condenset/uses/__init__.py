"""What a small set is good for beside training on it: resampling in a scikit-learn pipeline."""
