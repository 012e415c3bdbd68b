import pytest

from sluice.phases.deploy.runtimes.docker.images import debian

ANSWER = """\
server
  PreDepends: init-system-helpers
  Depends: tools
  Depends: <perl:any>
    perl
tools
 |Depends: first
  Depends: second
  Depends: libc6
first
  Depends: libc6
second
libc6
  Depends: libgcc-s1
libgcc-s1
  Depends: libc6
init-system-helpers
 |Depends: usrmerge
  Depends: other
usrmerge
other
perl
"""


@pytest.fixture
def graph():
    return debian.read_graph(ANSWER)


def test_of_alternatives_the_first_is_taken(graph):
    assert graph["tools"] == {"first", "libc6"}


def test_what_several_packages_provide_is_left_to_the_list(graph):
    assert graph["server"] == {"init-system-helpers", "tools"}


def test_a_closure_holds_all_that_is_needed_and_survives_a_cycle(graph):
    assert debian.closure(graph, ["server"]) == {"server", "tools", "first", "libc6", "libgcc-s1"}


def test_what_only_maintainer_scripts_need_is_left_out_with_all_it_needs(graph):
    assert not debian.closure(graph, ["init-system-helpers"])
