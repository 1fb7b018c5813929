"""House rules as tests: what is undocumented, too long, unsafe to publish or in one language only is red."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import get_args

import pytest
import yaml
from dotenv import dotenv_values
from jinja2 import Environment, nodes

from bot.events import What
from bot.features import ALL
from bot.model.library import Library
from bot.registry import Routes
from bot.settings import VARIABLES, Settings, variable
from bot.voice import Voice

ROOT = Path(__file__).parents[1]
CODE = ("bot", "adapters", "storage", "prompts")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_HANDLER = 400, 40, 25

MACHINE = re.compile(r"(?<![\w.])/(?:work|root|Users/\w|home/(?!guyub|user|sari)\w|opt/(?:pypi|wheels))")
TOKENS = (
    re.compile(r"xox[abprs]-\d{10,}-\d{10,}-\w{20,}|xapp-\d-\w{9,}-\d{10,}-\w{40,}"),
    re.compile(r"\b\d{8,10}:AA[\w-]{33}\b"),
    re.compile(r"\b(?:sk-[A-Za-z0-9]{32,}|gh[pousr]_\w{36}|glpat-[\w-]{20}|AKIA[0-9A-Z]{16})\b"),
    re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
)
TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".j2", ".html", ".css", ".js", ".sh", ".example", ".json", ".jsonl", ""}


def tracked() -> list[Path]:
    """Every text file that is in the repository or about to be; vendored files are somebody else's house."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [
        path
        for path in paths
        if path.suffix in TEXT and path.is_file() and "vendor" not in path.parts and ".min." not in path.name
    ]


def python_files(*folders: str) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (folders or CODE)]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def markdown() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


# ---- documented --------------------------------------------------------------------------------------------------------


def test_every_setting_is_in_the_example_and_no_other() -> None:
    assert set(dotenv_values(ROOT / ".env.example")) == set(VARIABLES)


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in VARIABLES:
        monkeypatch.delenv(key, raising=False)
    shown = Settings.model_validate({key: value for key, value in dotenv_values(ROOT / ".env.example").items() if value})
    assert shown == Settings()


@pytest.mark.parametrize("key", VARIABLES)
def test_every_setting_is_explained_in_the_operating_guide(key: str) -> None:
    assert f"`{key}`" in (ROOT / "docs/operating.md").read_text("utf-8")


def test_every_word_of_the_command_line_is_in_the_operating_guide() -> None:
    source = (ROOT / "bot/__main__.py").read_text("utf-8")
    commands = re.findall(r"@app\.command\(\)\ndef (\w+)\(", source)
    guide = (ROOT / "docs/operating.md").read_text("utf-8")
    assert commands
    assert [name for name in commands if f"guyub {name}" not in guide] == []


@pytest.mark.parametrize("kind", [one.__name__ for one in get_args(What)])
def test_every_event_is_on_the_architecture_page(kind: str) -> None:
    assert kind in (ROOT / "docs/architecture.md").read_text("utf-8")


def test_every_follow_up_and_due_time_is_on_the_architecture_page() -> None:
    routes, page = Routes(ALL), (ROOT / "docs/architecture.md").read_text("utf-8")
    named = {key.partition(":")[2] for key in (*routes.watchers, *(k for k in routes.owners if k.startswith("due:")))}
    assert {name for name in named if f"`{name}`" not in page} == set()


def test_every_command_has_usage_and_help_in_both_languages() -> None:
    voice = Voice(Library("uji", "Perpustakaan Uji"))
    commands = Routes(ALL).commands
    assert commands
    keys = [(language, key) for one in commands for key in (one.usage, one.help) for language in ("id", "en")]
    assert [pair for pair in keys if pair not in voice.sources] == []


def test_the_changelog_has_an_unreleased_section() -> None:
    assert re.search(r"^## \[Unreleased\]$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = []
    for page in markdown():
        prose = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(<?([^)>\s]+)", prose):
            if re.match(r"[a-z][a-z0-9+.-]*:|#|\{", target):
                continue
            if not (page.parent / target.partition("#")[0]).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_files_named_in_the_documents_are_there() -> None:
    named = re.compile(r"`((?:bot|adapters|storage|prompts|tests|docs)/[\w./-]+?)/?`")
    gone = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in markdown()
        for path in named.findall(page.read_text("utf-8"))
        if not (ROOT / path).exists()
    ]
    assert gone == []


# ---- short enough to read --------------------------------------------------------------------------------------------


def test_no_file_is_too_long() -> None:
    long = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in python_files(*CODE, "tests")}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = [f"{path.name}:{node.name} {lines_of(node)}" for path in python_files() for node in functions(path)
            if lines_of(node) > LONGEST_FUNCTION and "migrations" not in path.parts]  # fmt: skip
    assert long == []


def test_no_handler_is_too_long() -> None:
    long = [
        f"{path.name}:{node.name} {lines_of(node)}"
        for path in python_files("bot")
        if "features" in path.parts
        for node in functions(path)
        if node.decorator_list and lines_of(node) > LONGEST_HANDLER
    ]
    assert long == []


# ---- finished, and fit to publish ------------------------------------------------------------------------------------


def test_no_path_of_a_machine_and_no_token_is_published() -> None:
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            if path != Path(__file__) and (MACHINE.search(line) or any(shape.search(line) for shape in TOKENS)):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_nothing_is_left_for_later() -> None:
    left = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b|pytest\.(skip|xfail|mark\.skip|mark\.xfail)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files(*CODE, "tests")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if path != Path(__file__) and left.search(line)
    ]
    assert found == []


def test_no_part_is_a_stub() -> None:
    raised = re.compile(r"raise\s+NotImplementedError")
    stubs = [str(path.relative_to(ROOT)) for path in python_files() if raised.search(code_only(path))]
    assert stubs == []


def test_whoever_swallows_everything_says_why() -> None:
    """A comment on the line or at the head of the block; cleaning up and raising again needs none."""
    bare = []
    for path in python_files():
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.ExceptHandler) or not catches_everything(node):
                continue
            head = lines[node.lineno - 1 : node.body[0].lineno]
            if not isinstance(node.body[-1], ast.Raise) and not any("#" in line for line in head):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert bare == []


def catches_everything(node: ast.ExceptHandler) -> bool:
    return node.type is None or bool(
        {"Exception", "BaseException"} & {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)}
    )


def test_the_core_has_no_any() -> None:
    found = [str(path.relative_to(ROOT)) for path in python_files("bot") if re.search(r"\bAny\b(?!thing)", code_only(path))]
    assert found == []


def code_only(path: Path) -> str:
    """The names that a file uses: no comments, no strings."""
    tree = ast.parse(path.read_text("utf-8"))
    return " ".join(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def test_whatever_pyproject_depends_on_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = tomllib.loads(text)["project"]["dependencies"]
    missing = [one for one in wanted if not re.search(rf'"{re.escape(one)}",\s+# \S', text)]
    assert missing == []


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_what_runs_needs_only_what_make_install_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [
        re.split(r"[\s<>=\[]", one)[0] for one in (*project["dependencies"], *project["optional-dependencies"]["models"])
    ]
    wanted = {re.sub(r"[-_.]+", "-", one).lower() for one in declared}
    wanted |= {"pydantic-core", "markupsafe"}  # the types of pydantic's errors and of Jinja2's safe strings: never without them
    brought_by = packages_distributions()
    used = {name for path in python_files() for name in imported(path)} - set(sys.stdlib_module_names) - set(CODE)
    missing = {name for name in used if not {d.lower().replace("_", "-") for d in brought_by.get(name, [])} & wanted}
    assert missing == set()


# ---- words -----------------------------------------------------------------------------------------------------------


def entries(language: str) -> dict[str, str]:
    """Every template of a language: "ask.routed" → its source."""
    return {
        f"{path.stem}.{key}": str(text)
        for path in sorted((ROOT / "prompts" / language).glob("*.yaml"))
        for key, text in yaml.safe_load(path.read_text("utf-8")).items()
    }


EVERYWHERE = {"library", "say", "you", "kak"}  # what each template may use unasked: bot/voice.py


def variables(source: str) -> set[str]:
    """What a template must be given."""
    names = list(Environment().parse(source).find_all(nodes.Name))
    return {one.name for one in names if one.ctx == "load"} - {one.name for one in names if one.ctx != "load"} - EVERYWHERE


def test_every_template_is_there_in_both_languages() -> None:
    ours, theirs = entries("id"), entries("en")
    assert ours
    assert set(ours) ^ set(theirs) == set()


def test_both_languages_are_told_the_same_things() -> None:
    ours, theirs = entries("id"), entries("en")
    differing = {key: variables(ours[key]) ^ variables(theirs[key]) for key in ours.keys() & theirs.keys()}
    assert {key: names for key, names in differing.items() if names} == {}


def test_the_variable_of_a_setting_is_made_of_its_name() -> None:
    assert (variable("port"), variable("slack_api_url")) == ("GUYUB_PORT", "SLACK_API_URL")
