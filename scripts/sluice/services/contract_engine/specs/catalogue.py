"""Every rule that a document can break: how grave it is, what it says, and what to do about it."""

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Rule:
    """One rule; `hint` tells what to do."""

    id: str
    severity: Severity
    about: str
    hint: str


_TABLE: Final = """
document.encoding | error | the text is UTF-8 | save the file as UTF-8
document.syntax | error | the text is JSON or YAML of one document | correct the text at this place
document.duplicate-key | error | no key stands twice in one object | remove or rename one of the two
document.size | error | the document is not larger than the limits | split the document
document.depth | error | values are not nested deeper than the limit | move parts into components
document.number | error | numbers are finite and of sensible length | use a finite number, or quote the value
document.text | error | strings are valid Unicode | use valid Unicode
document.type | error | every value has a JSON form | quote the value
document.tag | error | YAML tags have a JSON form | remove the tag, or quote the value
document.alias | error | YAML aliases repeat something that stands before them | define the anchor before its alias
document.object | error | a specification is an object | begin with `openapi: 3.1.0`, `swagger: "2.0"` or `asyncapi: 3.0.0`
document.kind | error | the document says what it is | begin with `openapi: 3.1.0`, `swagger: "2.0"` or `asyncapi: 3.0.0`
document.more | error | not all faults are shown | correct the faults that are shown, then validate again
ref.type | error | `$ref` is a string | write a JSON pointer such as #/components/schemas/Name
ref.external | error | references stay in the folder; nothing is fetched | move the target into this document, or into a file below the root folder
ref.outside | error | files of references lie below the root folder | move the file below the root folder, or name a higher one with --folder
ref.missing | error | files of references exist and can be read | correct the path; it counts from the file that refers
ref.pointer | error | what follows `#` is a JSON pointer or an anchor | write #/components/…
ref.dangling | error | references lead somewhere | define the target or correct the name
ref.cycle | error | references do not run in circles | one of them must be a definition
ref.kind | error | references lead to the kind of object that is wanted | refer to the right kind
openapi.version | error | the version is known | use 3.2.0, 3.1.0, 3.0.3 or `swagger: "2.0"`
openapi.structure | error | the document follows the official JSON Schema of its version | see the specification's section on this object
openapi.schema | error | schemas follow their dialect of JSON Schema | correct the keyword
openapi.dialect | error | the dialect of schemas is known | use a JSON Schema draft, or leave it out
openapi.pattern | error | patterns are regular expressions (ECMA 262) | correct the expression
openapi.default | error | defaults are valid by their own schema | correct the default or its schema
openapi.example | warning | examples are valid by their own schema | correct the example or its schema
openapi.unjudged | warning | defaults and examples could be judged | simplify what the message names
openapi.required | error | properties required beside `allOf` are defined somewhere in it | define the property or take it out of `required`
openapi.required-unknown | warning | required properties are defined | define the property or take it out of `required`
openapi.discriminator | error | mappings of discriminators lead to schemas | name a schema of the components, or write a reference to one
openapi.path | error | braces of paths match | write parameters as {name}
openapi.path-ambiguous | error | no two paths differ only in the names of their parameters | put the operations of both under one path
openapi.path-parameter | error | parameters in the path and in its declaration are the same | declare with `in: path` what stands in the path
openapi.parameter | error | parameters of an operation differ in name or place | give each parameter of an operation its own name
openapi.body-parameter | error | an operation has one body, as `body` or as form | keep one body parameter, or only form parameters
openapi.operation-id | error | operationIds are unique | give each operation its own operationId
openapi.security | error | security requirements name declared schemes | declare it in components.securitySchemes (Swagger: securityDefinitions)
openapi.scope | error | scopes are declared by their OAuth 2 scheme | declare the scope in the flows of the scheme
openapi.link | error | links lead to operations of the document | name an existing operationId
openapi.tag | error | tags are declared once, and under tags that exist | keep one of the declarations, or correct the parent
openapi.server-variable | warning | variables of server URLs are declared and used, and their default is allowed | declare each {variable} of the URL, and no other
openapi.response-description | warning | responses are described | say in a sentence what the response means
openapi.ref-siblings | warning | nothing stands beside `$ref`, where it would be ignored | move it to the target, or wrap the reference in allOf
openapi.unused | warning | every component is used | use it or remove it
asyncapi.version | error | the version is known | use 3.0.0 or 2.6.0
asyncapi.structure | error | the document follows the official JSON Schema of its version | see the specification's section on this object
asyncapi.pattern | error | patterns are regular expressions (ECMA 262) | correct the expression
asyncapi.default | error | defaults are valid by their own schema | correct the default or its schema
asyncapi.example | warning | examples are valid by their own schema | correct the example or its schema
asyncapi.unjudged | warning | defaults and examples could be judged | simplify what the message names
asyncapi.address | error | channels have addresses of their own | give each channel its own address
asyncapi.parameter | error | parameters of an address and its declarations are the same | declare each parameter of the address, and no other
asyncapi.channel | error | operations use a channel of the document's root | refer to #/channels/…
asyncapi.message | error | messages of an operation are those of its channel | refer to #/channels/…/messages/…
asyncapi.operation-id | error | operationIds are unique | give each operation its own operationId
asyncapi.message-id | error | messageIds are unique | give each message its own messageId
asyncapi.security | error | security requirements name declared schemes | declare it in components.securitySchemes
asyncapi.server | error | servers of a channel are declared | declare the server, or correct its name
asyncapi.server-variable | warning | variables of server URLs are declared and used, and their default is allowed | declare each {variable} of the URL, and no other
asyncapi.required-unknown | warning | required properties are defined | define the property or take it out of `required`
asyncapi.unused | warning | every component is used | use it or remove it
x-sluice | error | hints for builders can be read by them | write it as Sluice's own documents do
"""  # noqa: E501 - a table
RULES: Final = {
    cells[0]: Rule(cells[0], "warning" if cells[1] == "warning" else "error", cells[2], cells[3])
    for cells in ([cell.strip() for cell in line.split(" | ")] for line in _TABLE.strip().splitlines())
}
