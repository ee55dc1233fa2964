"""DNA: sequences of one length, to sort by what happens there."""

from __future__ import annotations

from condenset.core.structure import vectors
from condenset.tasks.contender import Contender
from condenset.tasks.exporting import write_npz
from condenset.tasks.task import Modality, Objects
from condenset_dna.exporting import table, write_fasta
from condenset_dna.loading import dna_from_object, open_dna, recognise, takes_dna
from condenset_dna.preview import draw_preview

MODALITY = Modality(
    name="dna",
    network="cnn1d:width=8",
    kernel="ntk",
    codec="nucleotides",
    means_are_examples=False,  # half an A and half a C is no base
    exam="dna",
    learners=("cnn1d:width=8", "position-weights", "kmers"),
    datasets={},
    offers=("series", "features", "bases", "classes", "independent", "differentiable", "kernel"),
    open=open_dna,
    recognise=recognise,
    objects=Objects(("with task='dna' (sequences, labels), lists of texts",), takes_dna, dna_from_object, False),
    represent=vectors,
    preview=draw_preview,
    exporters={"npz": write_npz, "fasta": write_fasta},
    frame=table,
    items="sequences",
    contenders=(Contender("dm", {"steps": 60}),),
    files=("FASTA files of DNA, .fasta or .fa",),
)
