"""Types of the Contract Engine's inputs."""

from typing import Annotated

from pydantic import Field

ContractName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9][a-z0-9-]{0,62}){1,3}$",
        max_length=255,
        description="Name of a contract: the service's and its kind, as in `billing-service.openapi`",
    ),
]
Version = Annotated[
    str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$", max_length=64, description="Version, best a semantic one")
]
