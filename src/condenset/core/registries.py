"""Every registry: which package is scanned, what each of its files defines, what one entry is called.

Here beside each other, so that listings, settings and tests ask without importing the packages; all import
them from here.
"""

from __future__ import annotations

from condenset.core.registry import Registry

CODECS = Registry("codecs", "CODEC", "codec")
ENCODERS = Registry("assets", "ENCODER", "encoder")  # `(task) -> EncoderWeights`, trained on the task's own pictures
EXAMS = Registry("evaluation.exams", "EXAM", "exam")  # of plug-ins: condenset's own are TOML files
FINISHES = Registry("finishes", "FINISH", "finish")
KERNELS = Registry("kernels", "KERNEL", "kernel")
LABELS = Registry("labels", "LABEL", "kind of labels")
LEARNERS = Registry("learners", "LEARNER", "learner")
MEASUREMENTS = Registry("bench", "MEASUREMENT", "measurement")
METHODS = Registry("methods", "METHOD", "method")
MODALITIES = Registry("tasks", "MODALITY", "modality")
NETWORKS = Registry("nets", "ARCHITECTURE", "network")
STARTS = Registry("starts", "START", "start")
TARGETS = Registry("tasks.targets", "TARGET", "kind of target")
