import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sluice.services.codebase_intelligence.blobs import Blobs
from sluice.services.failures import ConflictError, NotFoundError

DIGEST = f"sha256:{hashlib.sha256(b'hello world').hexdigest()}"


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path)


def append(blobs, upload, offset, data):
    with blobs.appending(upload, offset) as fd:
        os.write(fd, data)


def test_parts_at_their_offsets_become_one_file_by_its_digest(blobs):
    append(blobs, "upload-1", 0, b"hello ")
    assert blobs.offset("upload-1") == 6
    append(blobs, "upload-1", 6, b"world")
    assert blobs.path(DIGEST) is None
    place = blobs.commit("upload-1", DIGEST)
    assert place == blobs.path(DIGEST)
    assert place.read_bytes() == b"hello world"
    with pytest.raises(NotFoundError):
        blobs.offset("upload-1")


def test_an_upload_goes_on_after_a_restart(blobs, tmp_path):
    append(blobs, "upload-1", 0, b"hello ")
    again = Blobs(tmp_path)
    append(again, "upload-1", again.offset("upload-1"), b"world")
    assert again.commit("upload-1", DIGEST).read_bytes() == b"hello world"


@pytest.mark.parametrize("offset", [3, 7])
def test_a_part_at_another_offset_is_refused_and_says_where_to_go_on(blobs, offset):
    append(blobs, "upload-1", 0, b"hello ")
    with pytest.raises(ConflictError, match="go on at 6"):
        append(blobs, "upload-1", offset, b"x")
    assert blobs.offset("upload-1") == 6


def test_bytes_with_another_digest_are_never_kept(blobs, tmp_path):
    append(blobs, "upload-1", 0, b"hello moon!")
    with pytest.raises(ConflictError, match="digest"):
        blobs.commit("upload-1", DIGEST)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_same_content_is_kept_once(blobs, tmp_path):
    for upload in ("upload-1", "upload-2"):
        append(blobs, upload, 0, b"hello world")
        blobs.commit(upload, DIGEST)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_only_one_writes_an_upload_at_a_time(blobs):
    with blobs.appending("upload-1", 0), pytest.raises(ConflictError, match="being written"):
        append(blobs, "upload-1", 0, b"x")


def test_many_writers_of_one_content_leave_it_whole(blobs):
    def send(number):
        append(blobs, f"upload-{number}", 0, b"hello world")
        return blobs.commit(f"upload-{number}", DIGEST)

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(send, range(24)))
    assert [place.read_bytes() for place in places] == [b"hello world"]


def test_uploads_that_nobody_went_on_with_are_forgotten(blobs, tmp_path):
    append(blobs, "upload-1", 0, b"x")
    append(blobs, "upload-2", 0, b"x")
    os.utime(tmp_path / "parts" / "upload-1.part", (time.time() - 8 * 24 * 3600,) * 2)
    again = Blobs(tmp_path)
    assert again.offset("upload-2") == 1
    with pytest.raises(NotFoundError):
        again.offset("upload-1")
