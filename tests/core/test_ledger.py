"""The ledger: bits with labels and extras, bytes of assets apart, and the JSON form."""

from __future__ import annotations

from condenset.core.ledger import Ledger, Sizes

LEDGER = Ledger(floats=2, data_bits=800, decoder_bits=64, label_bits=40, extra_bits=32, asset_bytes=5000)


def test_the_bits_of_a_set_are_those_that_it_stores() -> None:
    assert LEDGER.bits == 872, "the decoder is part of the data, an asset of nothing"


def test_the_json_form_has_the_set_and_its_data() -> None:
    record = Sizes(items=3, tensors=109, disk=None, examples=60, files=4000, ledger=LEDGER).record()
    assert record["data"] == {"items": 60, "disk": 4000}
    assert record["set"]["tensors"] == LEDGER.bits // 8 == 109
    assert record["set"]["disk"] is None and record["set"]["asset_bytes"] == 5000
