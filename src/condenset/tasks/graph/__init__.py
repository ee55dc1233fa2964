"""Graphs whose nodes are classified: citation networks, and your own node table with its edges."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import pyg_folder
from condenset.tasks.graph.exporting import data_of, table, write_arrays
from condenset.tasks.graph.loading import graph_from_data, open_graph
from condenset.tasks.graph.nodes import twice_propagated
from condenset.tasks.graph.preview import draw_preview
from condenset.tasks.graph.reading import recognise_graph, takes_data
from condenset.tasks.option import Option
from condenset.tasks.task import Modality, Objects

MODALITY = Modality(
    name="graph",
    network="gcn",
    kernel="sntk",
    regulariser=0.1,  # of 1e-4 ... 1 the best on validation nodes of Cora, its labelled nodes the set: 80.2 %
    codec="graph-nodes",
    exam="graph",
    learners=("gcn",),
    datasets={
        "cora": "2 708 papers, 7 topics, 1 433 words; Planetoid's public split of 140 / 500 / 1 000 nodes",
        "citeseer": "3 327 papers, 6 topics, 3 703 words; Planetoid's public split of 120 / 500 / 1 000 nodes",
        "pubmed": "19 717 papers, 3 kinds of diabetes, 500 words; Planetoid's public split of 60 / 500 / 1 000 nodes",
    },
    offers=("nodes", "classes", "differentiable", "kernel"),
    open=open_graph,
    recognise=recognise_graph,
    objects=Objects(accepted=("a PyG Data with x, y, edge_index and masks",), takes=takes_data, open=graph_from_data),
    represent=twice_propagated,
    preview=draw_preview,
    exporters={"npz": write_arrays, "pyg": pyg_folder(write_arrays, "graph.npz", data_of)},
    frame=table,
    items="nodes",
    categories={"classification": "graph-ml"},
    options=(
        Option("setting", "transductive|inductive", "what training sees of a graph", "SETTING"),
        Option("split", "given|random", "the split of a graph", "SPLIT"),
    ),
    contenders=(Contender("node-clusters"),),
    files=("NPZ, PyG Data or tables of nodes and edges",),
)
