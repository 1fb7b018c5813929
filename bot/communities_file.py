"""The communities file: what a library's first communities are. Read kindly: an error names key, line and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import NoReturn

import yaml

from bot.errors import GuyubError
from bot.model.base import Language, Words

Node = yaml.nodes.Node
LANGUAGES: tuple[Language, Language] = ("id", "en")


@dataclass(frozen=True, slots=True)
class SeedCommunity:
    """A community as the file gives it; `examples`: (question, its language)."""

    key: str
    name: Words
    description: Words
    examples: tuple[tuple[str, Language], ...]


class BadCommunitiesFile(GuyubError):
    """The file cannot be used. `where` is its name, `line` counts from 1, `key` says which entry, `why` the reason."""

    template = "error.communities_file"

    def __init__(self, where: str, line: int, key: str, why: str) -> None:
        super().__init__(where=where, line=line, key=key, why=why)
        self.where, self.line, self.key, self.why = where, line, key, why

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}, {self.key}: {self.why}"


def read_communities(path: Path | str | None = None) -> tuple[SeedCommunity, ...]:
    """The communities of that file, or of the packaged one (None). `BadCommunitiesFile` says what to mend."""
    if path is None:
        text = resources.files("bot.data").joinpath("communities.yaml").read_text(encoding="utf-8")
        return parse(text, "communities.yaml")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadCommunitiesFile(str(path), 1, "file", "there is no such file") from None
    except OSError as problem:
        raise BadCommunitiesFile(str(path), 1, "file", f"cannot be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise BadCommunitiesFile(str(path), line, "file", "is not UTF-8 text; save it as UTF-8") from problem
    return parse(text, str(path))


def parse(text: str, where: str) -> tuple[SeedCommunity, ...]:
    """The communities in a text; `where` is named in errors."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise BadCommunitiesFile(where, line, "file", f"is not YAML: {problem.problem or problem}") from problem
    except (yaml.YAMLError, RecursionError) as problem:
        raise BadCommunitiesFile(where, 1, "file", f"is not YAML: {type(problem).__name__}") from problem
    return _Reader(where).communities(root)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks the YAML nodes (not plain values), since only nodes know their lines."""

    where: str

    def communities(self, root: Node | None) -> tuple[SeedCommunity, ...]:
        if not isinstance(root, yaml.MappingNode) or (listed := self._fields(root, "file").get("communities")) is None:
            self._fail(root, "communities", "expected a list under `communities:`")
        rows = list(self._rows(listed, "communities"))
        if not rows:
            self._fail(listed, "communities", "is empty; write at least one community")
        found: dict[str, SeedCommunity] = {}
        for number, row in enumerate(rows, start=1):
            seed = self._community(row, f"communities[{number}]")
            if seed.key in found:
                self._fail(row, f"communities[{number}].key", f"{seed.key!r} is there twice; keys must differ")
            found[seed.key] = seed
        return tuple(found.values())

    def _community(self, row: Node, at: str) -> SeedCommunity:
        fields = self._fields(row, at)
        key = self._text(fields.get("key"), row, f"{at}.key")
        if not key.replace("-", "").replace("_", "").isalnum() or key != key.lower() or len(key) > 40:
            self._fail(fields["key"], f"{at}.key", f"{key!r}: use lower-case letters, digits, - and _, at most 40")
        at = f"{at} ({key})"
        return SeedCommunity(
            key=key,
            name=self._words(fields.get("name"), row, f"{at}.name"),
            description=self._words(fields.get("description"), row, f"{at}.description"),
            examples=tuple(self._examples(fields.get("examples"), row, f"{at}.examples")),
        )

    def _words(self, node: Node | None, parent: Node, at: str) -> Words:
        """Both languages, or one text for both, or one of the two."""
        if isinstance(node, yaml.ScalarNode):
            text = self._text(node, parent, at)
            return Words(text, text)
        fields = self._fields(node, at, parent)
        texts = {name: self._text(fields[name], parent, f"{at}.{name}") for name in LANGUAGES if name in fields}
        if not texts:
            self._fail(node or parent, at, "write it in `id`, in `en`, or in both")
        return Words(texts.get("id", ""), texts.get("en", ""))

    def _examples(self, node: Node | None, parent: Node, at: str) -> Iterator[tuple[str, Language]]:
        if node is None:
            return
        fields = self._fields(node, at, parent)
        for language in LANGUAGES:
            if language in fields:
                for number, row in enumerate(self._rows(fields[language], f"{at}.{language}"), start=1):
                    yield self._text(row, parent, f"{at}.{language}[{number}]"), language

    def _fields(self, node: Node | None, at: str, parent: Node | None = None) -> Mapping[str, Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(node or parent, at, "is missing" if node is None else "expected fields (name: value)")
        return {str(key.value): value for key, value in node.value}

    def _rows(self, node: Node, at: str) -> Iterator[Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, at, "expected a list (lines that begin with -)")
        yield from node.value

    def _text(self, node: Node | None, parent: Node, at: str) -> str:
        if node is None:
            self._fail(parent, at, "is missing")
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            self._fail(node, at, "expected a text (put quotes around one that holds a colon)")
        return " ".join(str(node.value).split())

    def _fail(self, node: Node | None, at: str, why: str) -> NoReturn:
        line = node.start_mark.line + 1 if node is not None and node.start_mark else 1
        raise BadCommunitiesFile(self.where, line, at, why)
