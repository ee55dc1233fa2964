"""What is computed once and reused between runs: expert trajectories."""
