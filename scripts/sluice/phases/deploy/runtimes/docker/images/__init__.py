"""The images of a stack: official ones where a registry answers, built from the recipes of `docker/` elsewhere."""

from sluice.phases.deploy.runtimes.docker.images.ensure import ensure_images
from sluice.phases.deploy.runtimes.docker.images.services import build_services, service_tag

__all__ = ["build_services", "ensure_images", "service_tag"]
