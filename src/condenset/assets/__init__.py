"""What is computed once and reused between runs: expert trajectories, language models, real sides of signals."""
