import json

import pytest

CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "svc", "version": "1"},
    "paths": {
        "/users/{id}": {
            "get": {
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}}
                }
            }
        },
        "/users": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}
                            }
                        }
                    }
                }
            }
        },
        "/free": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}},
        "/open": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"properties": {"a": {}}, "additionalProperties": True}}
                        }
                    }
                }
            }
        },
    },
    "components": {
        "schemas": {
            "Base": {"type": "object", "properties": {"id": {"type": "string"}}},
            "Address": {"type": "object", "properties": {"city": {"type": "string"}}},
            "User": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "properties": {
                            "userName": {"type": "string"},
                            "address": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"type": "null"}]},
                        }
                    },
                ]
            },
        }
    },
}
HEAD = (
    "from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
    "from pydantic import BaseModel, Field\napp = FastAPI()\n"
)
ROUTE = '@app.get("/users/{user_id}", response_model=User)\ndef read(user_id): ...\n'


def model(*fields, bases="BaseModel"):
    return f"class User({bases}):\n" + "".join(f"    {field}\n" for field in fields)


VIOLATIONS = {
    "field": HEAD + model("id: str", "debug: str") + ROUTE,
    "return annotation": HEAD + model("debug: str") + '@app.get("/users/{i}")\ndef read(i) -> User: ...\n',
    "list": HEAD + model("debug: str") + '@app.get("/users", response_model=list[User])\ndef read(): ...\n',
    "optional": HEAD + model("debug: str") + '@app.get("/users/{i}")\ndef read(i) -> User | None: ...\n',
    "inherited": HEAD + "class Base(BaseModel):\n    debug: str\n" + model("id: str", bases="Base") + ROUTE,
    "nested": HEAD + "class Address(BaseModel):\n    street: str\n" + model("address: Address | None") + ROUTE,
    "alias": HEAD + model('id: str = Field(serialization_alias="ident")') + ROUTE,
    "not its alias": HEAD + model("user_name: str") + ROUTE,
    "computed": HEAD
    + "from pydantic import computed_field\n"
    + model("id: str", "@computed_field", "@property", "def total(self) -> int: ...")
    + ROUTE,
    "default": HEAD + model("debug: str | None = None") + ROUTE,
    "dataclass": "from dataclasses import dataclass\n" + HEAD + "@dataclass\nclass User:\n    debug: str\n" + ROUTE,
    "dictionary": HEAD + '@app.get("/users/{i}")\ndef read(i):\n    return {"id": i, "debug": 1}\n',
    "dictionary by name": HEAD
    + '@app.get("/users/{i}")\ndef read(i):\n    answer = {"id": i, "debug": 1}\n    return answer\n',
    "response object": HEAD + '@app.get("/users/{i}")\ndef read(i):\n    return JSONResponse({"debug": 1})\n',
    "comprehension": HEAD + '@app.get("/users")\ndef read():\n    return [{"debug": u} for u in ()]\n',
    "router": HEAD.replace(
        "app = FastAPI()", "from fastapi import APIRouter\nr = APIRouter(prefix='/users')\napp = FastAPI()"
    )
    + model("debug: str")
    + '@r.get("/{i}", response_model=User)\ndef read(i): ...\napp.include_router(r)\n',
    "flask": "from flask import Flask, jsonify\napp = Flask(__name__)\n"
    '@app.get("/users/<int:i>")\ndef read(i):\n    return jsonify({"debug": 1})\n',
    "behind a prefix": HEAD.replace(
        "app = FastAPI()", "from fastapi import APIRouter\nr = APIRouter()\napp = FastAPI()"
    )
    + model("debug: str")
    + '@r.get("/users/{i}", response_model=User)\ndef read(i): ...\napp.include_router(r, prefix="/api/svc")\n',
}
BENIGN = {
    "declared": HEAD + model("id: str") + ROUTE,
    "alias": HEAD + model('user_name: str = Field(alias="userName")') + ROUTE,
    "alias generator": HEAD
    + "from pydantic import ConfigDict\nfrom pydantic.alias_generators import to_camel\n"
    + model("model_config = ConfigDict(alias_generator=to_camel)", "user_name: str")
    + ROUTE,
    "excluded": HEAD + model("id: str", "secret: str = Field(exclude=True)") + ROUTE,
    "excluded by the route": HEAD
    + model("id: str", "debug: str")
    + '@app.get("/users/{i}", response_model=User, response_model_exclude={"debug"})\ndef read(i): ...\n',
    "private": HEAD + model("id: str", "_cache: int = 0") + ROUTE,
    "class variable": HEAD + "from typing import ClassVar\n" + model("id: str", "kind: ClassVar[str] = 'x'") + ROUTE,
    "method": HEAD + model("id: str", "def debug(self): ...") + ROUTE,
    "nested": HEAD + "class Address(BaseModel):\n    city: str\n" + model("address: Address | None") + ROUTE,
    "input model": HEAD + model("id: str") + "class Create(BaseModel):\n    password: str\n" + ROUTE,
    "filtered by the model": HEAD
    + model("id: str")
    + '@app.get("/users/{i}", response_model=User)\ndef read(i):\n    return {"id": i, "debug": 1}\n',
    "free-form": HEAD + '@app.get("/free")\ndef free():\n    return {"debug": 1}\n',
    "open": HEAD + '@app.get("/open")\ndef free():\n    return {"debug": 1}\n',
    "error body": HEAD
    + '@app.get("/users/{i}")\ndef read(i):\n    return JSONResponse({"detail": "x"}, status_code=404)\n',
    "flask error": "from flask import Flask\napp = Flask(__name__)\n"
    '@app.get("/users/<i>")\ndef read(i):\n    if not i:\n        return {"detail": "x"}, 404\n    return {"id": i}\n',
    "other route": HEAD
    + model("id: str")
    + ROUTE
    + '@app.get("/internal")\ndef internal():\n    return {"debug": 1}\n',
}


@pytest.mark.req("R0-094")
@pytest.mark.parametrize("source", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_field_that_the_contract_lacks_is_found(compute_check, source):
    files = {"svc/app/main.py": source, "svc/openapi.json": json.dumps(CONTRACT)}
    assert len(compute_check("SCHEMA-001", files)) == 1


@pytest.mark.req("R0-094")
@pytest.mark.parametrize("source", BENIGN.values(), ids=BENIGN.keys())
def test_an_answer_as_declared_is_left_alone(compute_check, source):
    files = {"svc/app/main.py": source, "svc/openapi.json": json.dumps(CONTRACT)}
    assert compute_check("SCHEMA-001", files) == []


def test_a_field_used_by_many_operations_is_one_finding_where_it_is_written(compute_check):
    many = '@app.get("/users", response_model=list[User])\ndef listed(): ...\n'
    source = HEAD + model("id: str", "debug: str") + ROUTE + many
    (finding,) = compute_check("SCHEMA-001", {"svc/app/main.py": source, "svc/openapi.json": json.dumps(CONTRACT)})
    assert finding.evidence == "debug: str"


def test_models_of_other_modules_are_followed(compute_check):
    files = {
        "svc/app/schemas/__init__.py": "from app.schemas.user import User",
        "svc/app/schemas/user.py": "from pydantic import BaseModel\n" + model("id: str", "debug: str"),
        "svc/app/main.py": HEAD + "from app import schemas\n"
        '@app.get("/users/{i}", response_model=schemas.User)\ndef read(i): ...\n',
        "svc/openapi.json": json.dumps(CONTRACT),
    }
    assert [(f.path, f.line) for f in compute_check("SCHEMA-001", files)] == [("svc/app/schemas/user.py", 4)]
