"""Exams: train from scratch on a set, score on held-out real data, beside baselines."""

from condenset.evaluation.score import Evaluation, Row, evaluate_batch, evaluate_set

__all__ = ["Evaluation", "Row", "evaluate_batch", "evaluate_set"]
