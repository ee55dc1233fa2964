"""What pulls a synthetic set towards the data: signal matching, risk, trajectory matching."""
