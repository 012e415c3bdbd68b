"""Every rule of the comparison, with its severity in each direction.

Direction is that of the data as a consumer sees it: `request` is what it sends, `response` is what it receives.  What a
provider sends by itself (webhooks, callbacks, published events) is therefore a response, what it consumes a request.
Requests are contravariant (a provider may accept more, never less), responses covariant (it may promise more, never
less).  `error` breaks consumers, `warning` may, `info` does not.
"""

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "info"]
Direction = Literal["", "request", "response"]
_LETTERS: Final[dict[str, Severity]] = {"E": "error", "W": "warning", "I": "info"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; `opposite` is the rule that the same change gives when old and new are exchanged, '' if none."""

    id: str
    request: Severity
    response: Severity
    help: str
    opposite: str = ""

    def severity(self, direction: Direction) -> Severity:
        """What the change means in this direction; changes of whole operations have that of requests."""
        return self.response if direction == "response" else self.request


# id, severity in requests, in responses (- : does not occur), opposite, what happened
_TABLE: Final = """
operation-removed               E E  operation-added           an operation that consumers call is gone
operation-removed-after-sunset  I I  -                         a deprecated operation is gone after its announced date
operation-added                 I I  operation-removed         a new operation
operation-deprecated            I I  operation-undeprecated    the operation will go one day
operation-undeprecated          I I  operation-deprecated      the operation stays
sunset-earlier                  W W  sunset-later              the announced end comes earlier than announced
sunset-later                    I I  sunset-earlier            the announced end comes later
operation-id-changed            W W  operation-id-changed      names in generated clients change
operation-id-removed            W W  operation-id-added        names in generated clients change
operation-id-added              I I  operation-id-removed      the operation has a name now
base-path-changed               E E  base-path-changed         every URL changes
server-removed                  W W  server-added              a server is no longer offered
server-added                    I I  server-removed            one more server
security-added                  E E  security-removed          callers must authenticate where they need not before
security-changed                E E  security-changed          a way to authenticate is no longer accepted
security-scope-added            E E  security-scope-removed    tokens need more scopes
security-scope-removed          I I  security-scope-added      tokens need fewer scopes
security-removed                I I  security-added            callers need no longer authenticate
security-alternative-added      I I  security-changed          one more way to authenticate
parameter-removed               E -  parameter-added           a parameter is no longer read
parameter-added                 I -  parameter-removed         a new optional parameter
required-parameter-added        E -  parameter-removed         a new parameter that callers do not send yet
parameter-became-required       E -  parameter-became-optional callers that leave it out are refused
parameter-became-optional       I -  parameter-became-required callers may leave it out
parameter-moved                 E -  parameter-moved           the parameter stands elsewhere (path, query, header …)
parameter-renamed               E -  parameter-renamed         the parameter has another name
path-parameter-renamed          I -  path-parameter-renamed    only the name in the template; URLs stay
parameter-style-changed         E -  parameter-style-changed   lists or objects are written in another way
parameter-deprecated            I -  -                         the parameter will go one day
request-body-removed            E -  request-body-added        the body is no longer read
request-body-added              I -  request-body-removed      a new optional body
required-request-body-added     E -  request-body-removed      a body that callers do not send yet
request-body-became-required    E -  request-body-became-optional  calls without a body are refused
request-body-became-optional    I -  request-body-became-required  calls may leave out the body
media-type-removed              E E  media-type-added          a content type is no longer taken or given
media-type-added                I I  media-type-removed        one more content type
response-removed                - E  response-added            a status that consumers rely on is gone
error-response-removed          - W  error-response-added      a documented failure is gone
response-added                  - W  response-removed          a new success that consumers do not know
error-response-added            - I  error-response-removed    a new documented failure
response-body-removed           - E  response-body-added       the answer has no body any more
response-body-added             - I  response-body-removed     the answer has a body now
header-removed                  - E  header-added              a response header is gone
header-added                    - I  header-removed            a new response header
header-became-optional          - E  header-became-required    the header may be missing
header-became-required          - I  header-became-optional    the header is always there
type-narrowed                   E I  type-widened              fewer types of value are possible
type-widened                    I E  type-narrowed             more types of value are possible
type-changed                    E E  type-changed              another type of value
format-narrowed                 E I  format-widened            the text or number must be of a format
format-widened                  I E  format-narrowed           the text or number may be of any or of a wider format
format-changed                  E E  format-changed            another format
became-nullable                 I E  became-not-nullable       null is possible
became-not-nullable             E I  became-nullable           null is no longer possible
property-removed                W E  property-added            a property is no longer read or given
property-forbidden              E E  property-added            a property is gone from an object that takes no others
property-added                  I I  property-removed          a new property
required-property-added         E I  property-removed          a new property that requests must hold
property-became-required        E I  property-became-optional  the property may no longer be missing
property-became-optional        I E  property-became-required  the property may be missing
property-became-read-only       W I  property-became-writable  what is sent is no longer read
property-became-writable        I I  property-became-read-only the property can be sent
required-property-became-writable E I property-became-read-only the property must be sent
property-became-write-only      I E  property-became-readable  the property is no longer given
property-became-readable        I I  property-became-write-only the property is given now
property-deprecated             I I  -                         the property will go one day
additional-properties-closed    E I  additional-properties-opened  unknown properties are refused, or no longer occur
additional-properties-opened    I W  additional-properties-closed  unknown properties are accepted, or may occur
enum-value-removed              E I  enum-value-added          a value is no longer accepted, or given
enum-value-added                I E  enum-value-removed        a value that consumers do not know is accepted, or given
enum-set                        E I  enum-unset                only listed values from now on
enum-unset                      I E  enum-set                  any value from now on
minimum-increased               E I  minimum-decreased         the lowest number is higher
minimum-decreased               I E  minimum-increased         the lowest number is lower
maximum-decreased               E I  maximum-increased         the highest number is lower
maximum-increased               I E  maximum-decreased         the highest number is higher
min-length-increased            E I  min-length-decreased      the shortest text is longer
min-length-decreased            I E  min-length-increased      the shortest text is shorter
max-length-decreased            E I  max-length-increased      the longest text is shorter
max-length-increased            I E  max-length-decreased      the longest text is longer
min-items-increased             E I  min-items-decreased       lists must hold more
min-items-decreased             I E  min-items-increased       lists may hold less
max-items-decreased             E I  max-items-increased       lists may hold less at most
max-items-increased             I E  max-items-decreased       lists may hold more
min-properties-increased        E I  min-properties-decreased  objects must hold more
min-properties-decreased        I E  min-properties-increased  objects may hold less
max-properties-decreased        E I  max-properties-increased  objects may hold less at most
max-properties-increased        I E  max-properties-decreased  objects may hold more
pattern-added                   E I  pattern-removed           texts must match a pattern
pattern-removed                 I E  pattern-added             texts need not match a pattern any more
pattern-changed                 E E  pattern-changed           texts must match another pattern
multiple-of-tightened           E I  multiple-of-loosened      numbers come in larger steps
multiple-of-loosened            I E  multiple-of-tightened     numbers come in smaller steps
multiple-of-changed             E E  multiple-of-changed       numbers come in other steps
unique-items-added              E I  unique-items-removed      lists hold nothing twice
unique-items-removed            I E  unique-items-added        lists may hold something twice
alternative-removed             E I  alternative-added         a member of oneOf or anyOf is gone
alternative-added               I E  alternative-removed       a new member of oneOf or anyOf
alternatives-set                E I  alternatives-unset        one of several shapes is demanded from now on
alternatives-unset              I E  alternatives-set          none of several shapes is demanded any more
discriminator-changed           E E  discriminator-changed     another property tells which shape it is
discriminator-value-removed     E I  discriminator-value-added a value of the discriminator is gone
discriminator-value-added       I E  discriminator-value-removed a new value of the discriminator
default-changed                 W I  default-changed           what is assumed when nothing is sent
condition-changed               W W  condition-changed         a condition (not, if, contains ...) reads otherwise
channel-removed                 E E  channel-added             a channel that others use is gone
channel-added                   I I  channel-removed           a new channel
channel-address-changed         E E  channel-address-changed   the channel has another address
message-removed                 E E  message-added             a message is no longer taken or sent
message-added                   I W  message-removed           one more message is taken or sent
content-type-changed            E E  content-type-changed      messages are written in another format
payload-format-changed          E E  payload-format-changed    a payload that is no JSON Schema differs
"""


def _rule(line: str) -> Rule:
    name, request, response, opposite, text = line.split(None, 4)
    first = _LETTERS.get(request) or _LETTERS[response]
    opposite = "" if opposite == "-" else opposite
    return Rule(id=name, request=first, response=_LETTERS.get(response, first), opposite=opposite, help=text)


RULES: Final = {rule.id: rule for rule in map(_rule, _TABLE.strip().splitlines())}
