"""Batches, groups, named random streams, budgets, errors, the registry: what every other room stands on."""
