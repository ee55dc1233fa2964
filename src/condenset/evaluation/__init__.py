"""Exams: train from scratch on a set, score on held-out real data, beside baselines."""

from condenset.evaluation.entries import Entry, evaluate_entries
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.rows import Row
from condenset.evaluation.score import evaluate_set

__all__ = ["Entry", "Evaluation", "Row", "evaluate_entries", "evaluate_set"]
