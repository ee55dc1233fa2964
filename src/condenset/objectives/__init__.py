"""What pulls a synthetic set towards the data: signals, risk, trajectories, and networks that are inverted."""
