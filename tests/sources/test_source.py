"""The setting that sources begin in: addressed networks and augmentations."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.sources.expert import Expert
from condenset.sources.online import Online
from condenset.sources.pool import Pool
from condenset.sources.source import Setting, Source, Stateless
from condenset.tasks.pictures.augment import DSARecord
from tests.examples import blobs, digits


def test_equal_addresses_give_equal_networks_and_others_do_not() -> None:
    setting = Setting(blobs(), "mlp:width=4", Rng(3))
    first, again, other = (setting.draw_network(k).flat() for k in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, Setting(blobs(), "mlp:width=4", Rng(4)).draw_network(5).flat())


def test_the_default_network_is_the_modalitys() -> None:
    named = Setting(blobs(), "mlp", Rng(0)).draw_network(0)
    default = Setting(blobs(), None, Rng(0)).draw_network(0)
    assert torch.equal(named.flat(), default.flat())


def test_an_augmentation_is_one_record_for_a_whole_batch() -> None:
    record = Setting(digits(), None, Rng(0)).draw_augmentation(2)
    assert isinstance(record, DSARecord)
    assert all(len(draws) == 1 for draws in record.draws.values())


def test_every_source_is_a_source_and_a_stateless_one_saves_nothing() -> None:
    assert all(isinstance(kind, Source) for kind in (Pool(), Online(), Expert()))
    assert Stateless().state() == {}
