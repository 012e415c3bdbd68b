import gc

import pytest

from sluice.core.collector import collector_paused


def fail_inside():
    with collector_paused():
        assert not gc.isenabled()
        raise KeyError


def test_it_is_paused_inside_and_runs_again_after_whatever_happens():
    with pytest.raises(KeyError):
        fail_inside()
    assert gc.isenabled()


def test_inside_another_pause_it_stays_paused():
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
