"""What is learnt: data, target, default network and preview, one folder per modality."""
