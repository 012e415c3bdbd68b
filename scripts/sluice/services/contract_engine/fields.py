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
FieldsOfOperations = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^\x00]+$")],
        Annotated[
            list[Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00]+$")]], Field(max_length=500)
        ],
    ],
    Field(max_length=500, description="Fields by operation: `METHOD /path`, operationId, event or `*`; `*` is all"),
]
