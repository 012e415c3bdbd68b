import re
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from sluice.core import proc
from sluice.phases.build.builders.template import pins
from sluice.phases.deploy.runtimes.docker.images import contexts, recipes

ROOT = Path(__file__).parents[7]
DEFAULT = re.compile(r"\$\{(\w+_IMAGE):-([^}]+)\}")


def test_the_compose_files_take_the_same_official_images_by_the_same_variables():
    asked = {
        name: image
        for path in sorted((ROOT / "docker").glob("*.yml"))
        for service in yaml.safe_load(path.read_text())["services"].values()
        for name, image in DEFAULT.findall(str(service.get("image", "")))
    }
    given = {recipe.variable: recipe.official for recipe in recipes.OFFICIAL if recipe is not recipes.PYTHON}
    assert {name: image for name, image in asked.items() if name in given} == given
    assert set(asked) - set(given) == {recipes.BUILD1_RECIPE.variable}


def test_the_python_image_holds_what_the_template_builder_pins():
    lines = (recipes.PYTHON.directory / "requirements.txt").read_text().splitlines()
    assert set(pins.runtime(tokens=True, passwords=True, events=True)) < set(lines)


def test_every_package_of_an_image_is_an_exact_version():
    lines = (recipes.PYTHON.directory / "requirements.txt").read_text().splitlines()
    assert all("==" in line for line in lines if not line.startswith("#"))
    locked = contexts.LOCK.read_text()
    for name in (recipes.BUILD1_RECIPE.directory / "requirements.txt").read_text().splitlines()[1:]:
        assert f"\n{name.partition('[')[0]}==" in f"\n{locked}", name


@pytest.mark.parametrize("recipe", recipes.OFFLINE.values(), ids=recipes.OFFLINE)
def test_a_tag_is_that_of_the_recipe_and_stays(recipe):
    tag = recipes.offline_tag(recipe)
    assert re.fullmatch(rf"sluice/{recipe.name}:{recipe.release}-[0-9a-f]{{12}}", tag)
    assert recipes.offline_tag(recipe) == tag


def test_another_recipe_is_another_tag_and_so_are_the_images_above_it(tmp_path, monkeypatch):
    for recipe in (recipes.BASE, recipes.REDIS, recipes.TRAEFIK):
        (tmp_path / "offline" / recipe.name).mkdir(parents=True)
        (tmp_path / "offline" / recipe.name / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.setattr(recipes, "_ROOT", tmp_path)
    before = [recipes.offline_tag(recipe) for recipe in (recipes.BASE, recipes.REDIS, recipes.TRAEFIK)]
    (recipes.BASE.directory / "Dockerfile").write_text("FROM scratch\nCMD sh\n")
    base, redis, traefik = [recipes.offline_tag(recipe) for recipe in (recipes.BASE, recipes.REDIS, recipes.TRAEFIK)]
    assert base != before[0]
    assert redis != before[1]
    assert traefik == before[2]


def test_another_version_of_the_program_is_another_tag(monkeypatch):
    before = recipes.offline_tag(recipes.TRAEFIK)
    monkeypatch.setattr(recipes, "version", lambda _name: "99")
    assert recipes.offline_tag(recipes.TRAEFIK) != before


def test_the_services_on_another_python_are_another_image():
    assert recipes.build1_tag("python:3.11-slim") != recipes.build1_tag("sluice/python:3-0")


def test_a_recipe_without_a_list_asks_for_no_debian_package():
    assert not recipes.POSTGRES.packages
    assert not replace(recipes.BASE, name="none").packages
    assert recipes.REDIS.packages == ("redis-server",)


@pytest.mark.parametrize("recipe", [*recipes.OFFLINE.values(), recipes.BUILD1_RECIPE], ids=lambda recipe: recipe.name)
def test_hadolint_finds_nothing_in_a_recipe(recipe):
    hadolint = Path(sysconfig.get_path("scripts"), "hadolint")
    found = proc.run([str(hadolint), "--failure-threshold", "info", "Dockerfile"], cwd=recipe.directory, timeout=60)
    assert (found.code, found.stdout) == (0, "")
