"""Exams: train from scratch on a set, score on held-out real data, beside baselines."""
