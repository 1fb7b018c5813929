"""The communities file: ours is rich, theirs is read kindly."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.communities_file import BadCommunitiesFile, parse, read_communities

GOOD = """communities:
  - key: anak
    name: {id: Layanan Anak, en: Children}
    description: {id: Dongeng., en: Story time.}
    examples: {id: [Dongeng berapa menit], en: ["How long is a story?"]}
"""


def test_the_packaged_communities_have_a_dozen_examples_in_each_language() -> None:
    seeds = read_communities()
    assert {seed.key for seed in seeds} == {
        "circulation", "acquisitions", "cataloguing", "shelving", "reference", "preservation", "digital",
    }  # fmt: skip
    for seed in seeds:
        assert seed.name.id and seed.name.en and len(seed.description.id) > 100 and len(seed.description.en) > 100
        for language in ("id", "en"):
            assert len({text for text, own in seed.examples if own == language}) >= 12
    texts = [text for seed in seeds for text, _ in seed.examples]
    assert len(texts) == len(set(texts))


def test_a_library_s_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("\ufeff" + GOOD, "utf-8")
    (seed,) = read_communities(path)
    assert seed.examples == (("Dongeng berapa menit", "id"), ("How long is a story?", "en"))


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("key: anak", "key: Anak Kita"), 2, "lower-case"),
        (("key: anak", "kunci: anak"), 2, "communities[1].key: is missing"),
        (("name: {id: Layanan Anak, en: Children}", "name: {}"), 3, "name: write it in `id`"),
        (("description: {id: Dongeng., en: Story time.}", "description: []"), 4, "description: expected fields"),
        (("id: [Dongeng berapa menit]", "id: Dongeng"), 5, "examples.id: expected a list"),
        (("id: [Dongeng berapa menit]", "id: [{a: b}]"), 5, "examples.id[1]: expected a text"),
        (("communities:", "komunitas:"), 1, "expected a list under `communities:`"),
        (("name: {id:", "name: {id: ["), 3, "is not YAML"),
        ((GOOD, GOOD + GOOD[13:]), 6, "is there twice"),
        ((GOOD, "communities: []"), 1, "is empty"),
    ],
)
def test_an_error_names_line_key_and_reason(change: tuple[str, str], line: int, words: str) -> None:
    with pytest.raises(BadCommunitiesFile) as caught:
        parse(GOOD.replace(*change), "own.yaml")
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"own.yaml, line {line}, ")


def test_a_file_that_is_not_there_or_not_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadCommunitiesFile, match="no such file"):
        read_communities(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"communities:\n  - key: a\n    name: caf\xe9\n")
    with pytest.raises(BadCommunitiesFile, match=r"line 3, file: is not UTF-8"):
        read_communities(tmp_path / "latin.yaml")


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_kindly(text: str) -> None:
    for whole in (text, "communities:\n" + text, GOOD + text):
        with suppress(BadCommunitiesFile):
            parse(whole, "x")
