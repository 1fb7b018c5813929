"""Embedding engines behind the Embedder port, chosen by one setting."""

from __future__ import annotations

from bot.ports import Embedder


class BadEmbedder(ValueError):
    """The setting cannot be used; the message says what to write or to install."""


def make(setting: str) -> Embedder:
    """`bundled`, or `sentence-transformers:<model name, folder, or package that ships a model>`. Loads the model."""
    kind, _, model = setting.strip().partition(":")
    if kind == "bundled" and not model:
        from adapters.embedding.bundled import Bundled

        return Bundled()
    if kind == "sentence-transformers" and model.strip():
        from adapters.embedding.sentence import SentenceTransformers

        return SentenceTransformers(model.strip())
    raise BadEmbedder(f"GUYUB_EMBEDDER={setting!r}: write `bundled` or `sentence-transformers:<model>`")
