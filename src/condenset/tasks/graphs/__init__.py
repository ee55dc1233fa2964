"""Graphs to sort into classes: molecules, proteins, networks of people. The examples are whole graphs."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import pyg_folder
from condenset.tasks.graphs.data_list import takes_graphs
from condenset.tasks.graphs.exporting import data_of, table, write_arrays
from condenset.tasks.graphs.loading import graphs_from_list, open_graphs, recognise
from condenset.tasks.graphs.pooling import pooled_propagated
from condenset.tasks.graphs.preview import draw_preview
from condenset.tasks.option import Option
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "graphs_from_list", "open_graphs"]

MODALITY = Modality(
    name="graphs",
    network="gin",
    kernel="lite-gntk",
    regulariser=1e-4,  # its cosines are clipped, which leaves it a little short of positive definite
    codec="whole-graphs",
    means_are_examples=False,
    exam="graphs",
    teachers=("graph-counts",),
    learners=("gin", "graph-gcn", "graph-counts"),
    datasets={
        "mutag": "188 molecules of 7 kinds of atoms, mutagenic or not; from the TU collection",
        "proteins": "1 113 proteins, enzymes or not, of 3 kinds of secondary structure; from the TU collection",
    },
    offers=("graphs", "features", "classes", "independent", "kernel", "teachers"),
    open=open_graphs,
    recognise=recognise,
    objects=Objects(
        accepted=("a list of PyG Data with edge_index and y, or a dataset of PyG",),
        takes=takes_graphs,
        open=graphs_from_list,
    ),
    represent=pooled_propagated,
    preview=draw_preview,
    exporters={"npz": write_arrays, "pyg": pyg_folder(write_arrays, "graphs.npz", data_of)},
    frame=table,
    items="graphs",
    categories={"classification": "graph-ml"},
    options=(
        Option("split_seed", "whole", "of the random split, where the data have none", "SEED", "seed"),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
    ),
    contenders=(Contender("relabel", {"start": "k-means"}),),
    files=("TU folder or text file of graphs",),
)
