"""The file store."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Unavailable
from storage.files import FileDamaged, FileMissing, LocalFiles

pytestmark = pytest.mark.anyio


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "data" / "files")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000))
async def test_what_is_put_comes_back(files: LocalFiles, data: bytes) -> None:
    name = await files.put(data)
    assert name == sha256(data).hexdigest()
    assert await files.get(name) == data


def kept(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_the_same_bytes_are_kept_once(files: LocalFiles, tmp_path: Path) -> None:
    assert await files.put(b"sama") == await files.put(b"sama")
    assert kept(tmp_path) == 1


async def test_a_torn_file_is_told_and_can_be_put_again(files: LocalFiles, tmp_path: Path) -> None:
    name = await files.put(b"isi lengkap")
    path = tmp_path / "data" / "files" / name[:2] / name[2:]
    path.write_bytes(b"isi len")
    with pytest.raises(FileDamaged):
        await files.get(name)
    await files.put(b"isi lengkap")
    assert await files.get(name) == b"isi lengkap"


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "00/../../x", "A" * 64, "0" * 64 + "\n"])
async def test_what_is_not_there_is_told(files: LocalFiles, name: str) -> None:
    with pytest.raises(FileMissing):
        await files.get(name)


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        await LocalFiles(tmp_path / "file").put(b"x")
