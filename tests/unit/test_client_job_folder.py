"""Job folders: ours are made and dropped, and nothing else is ever touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vernissage.client.job_folder import JOB_PATTERN, drop_old_job_folders, make_job_folder, write_request
from vernissage.protocol.errors import StorageError
from vernissage.protocol.requests import TextureRequest
from vernissage.protocol.wire import request_from_json

REQUEST = TextureRequest(object_name="Würfel", mesh="mesh.npz", prompt="红砖墙")
YEAR_S = 365 * 86400.0


def make_job(user_folder: Path, age_s: float, name: str = "") -> Path:
    folder = make_job_folder(user_folder)
    if name:
        folder = folder.rename(folder.with_name(name))
    write_request(folder, REQUEST)
    then = time.time() - age_s
    os.utime(folder, (then, then))
    return folder


def test_a_request_is_read_back_from_its_folder(tmp_path: Path) -> None:
    folder = make_job_folder(tmp_path / "not" / "yet" / "there")
    assert request_from_json(write_request(folder, REQUEST).read_text(encoding="utf-8")) == REQUEST
    assert [path.name for path in folder.iterdir()] == ["request.json"]


def test_folders_differ_and_lie_in_jobs(tmp_path: Path) -> None:
    folders = [make_job_folder(tmp_path) for _ in range(20)]
    assert len(set(folders)) == 20
    assert {folder.parent for folder in folders} == {tmp_path / "jobs"}
    assert all(JOB_PATTERN.fullmatch(folder.name) for folder in folders)


@pytest.mark.parametrize("path", ["", ".", "..", "user", "./user", "~/user"])
def test_an_empty_or_relative_path_is_never_the_current_folder(path: str, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = make_job(tmp_path, YEAR_S)
    for function in (make_job_folder, drop_old_job_folders):
        with pytest.raises(StorageError, match="not an absolute path"):
            function(Path(path))
    assert [*tmp_path.iterdir()] == [mine.parent]
    assert mine.is_dir()


def test_the_newest_stay(tmp_path: Path) -> None:
    folders = [make_job(tmp_path, 2 * 86400.0, f"job-20260101-0000{number:02}-00000000") for number in range(30)]
    assert drop_old_job_folders(tmp_path, keep=20) == folders[9::-1]
    assert sorted((tmp_path / "jobs").iterdir()) == folders[10:]


def test_what_is_too_old_goes_and_what_may_run_stays(tmp_path: Path) -> None:
    old, young = make_job(tmp_path, 40 * 86400.0), make_job(tmp_path, 10 * 3600.0)
    assert drop_old_job_folders(tmp_path, keep=0, max_age_days=30.0) == [old]
    assert young.is_dir()


def test_foreign_folders_and_links_stay(tmp_path: Path) -> None:
    outside = make_job(tmp_path / "elsewhere", YEAR_S)
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    (jobs / "job-20260101-000000-00000000").mkdir()  # ours by name, without a request
    (jobs / "holiday").mkdir()
    (jobs / "holiday" / "request.json").write_text("{}")
    (jobs / "job-20260101-000000-00000001").symlink_to(outside, target_is_directory=True)
    (jobs / "job-20260101-000000-00000002").write_text("a file")
    linked = jobs / "job-20260101-000000-00000003"
    linked.mkdir()
    (linked / "request.json").symlink_to(outside / "request.json")
    before = sorted(jobs.rglob("*"))
    for path in jobs.iterdir():
        os.utime(path, (0, 0), follow_symlinks=False)
    assert drop_old_job_folders(tmp_path, keep=0, max_age_days=0.0) == []
    assert sorted(jobs.rglob("*")) == before


def test_links_inside_a_job_are_not_followed(tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "gold").write_text("au")
    job = make_job(tmp_path, YEAR_S)
    (job / "link").symlink_to(treasure, target_is_directory=True)
    os.utime(job, (0, 0))
    assert drop_old_job_folders(tmp_path, keep=0) == [job]
    assert (treasure / "gold").read_text() == "au"


def test_jobs_as_a_link_is_left_alone(tmp_path: Path) -> None:
    job = make_job(tmp_path / "elsewhere", YEAR_S)
    (tmp_path / "jobs").symlink_to(job.parent, target_is_directory=True)
    assert drop_old_job_folders(tmp_path, keep=0) == []
    assert job.is_dir()


def test_nothing_to_drop_is_no_error(tmp_path: Path) -> None:
    assert drop_old_job_folders(tmp_path / "nowhere") == []


@given(st.text())
def test_only_our_names_match(name: str) -> None:
    assert not JOB_PATTERN.fullmatch(name) or name.startswith("job-")
    assert not JOB_PATTERN.fullmatch(f"job-20260101-000000-00000000{name}") or not name


def test_what_cannot_be_written_names_the_path(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        make_job_folder(tmp_path)
    assert str(tmp_path / "jobs") in str(caught.value)
    with pytest.raises(StorageError, match="does not exist"):
        write_request(tmp_path / "gone", REQUEST)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    folder = make_job_folder(tmp_path)
    (folder / "request.json.part").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="disk is full"):
        write_request(folder, REQUEST)
    assert not (folder / "request.json").exists()
