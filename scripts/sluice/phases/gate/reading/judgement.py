"""Whether a name calls for a secret, and whether a text can be one."""

import math
import re
from collections import Counter
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "passwort",
        "pwd",
        "pass",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "apikey",
        "credential",
    }
    | {"credentials", "pw"}
)
_KEY_OWNERS = frozenset(
    {"api", "secret", "access", "private", "signing", "encryption", "auth", "jwt", "master", "fernet", "crypto", "hmac"}
    | {"license", "webhook", "stripe", "sendgrid", "deploy", "aes"}
)
_TAIL_WORDS = frozenset(
    {"prod", "production", "live", "default", "value", "dev", "staging", "base", "old", "new", "current", "fallback"}
    | {"primary", "secondary", "str", "string", "bytes", "v"}
)
_ABOUT = frozenset({"existing", "use", "has", "is", "enable", "enabled", "require", "requires", "show", "hide", "no"})
_PLACEHOLDER = re.compile(
    r"change|replace|placeholder|example|dummy|fake|sample|your|my[-_ ]|insert|todo|tbd|redacted|masked|hidden|"
    r"not[-_ ]?set|unset|undefined|none$|null$|n/a|xxx|\*\*\*|\.\.\.|^<.*>$|^\[.*\]$|^\{.*\}$|^%.*%$|^@.*@$|"
    r"fill[-_ ]?me|invalid|"
    r"set[-_ ]?(me|this|in)|generated?[-_ ]|to[-_ ]?be|(?<![a-z])foo|(?<![a-z])bar(?![a-z])|notasecret|not-a-secret",
    re.IGNORECASE,
)
_INTERPOLATED = re.compile(r"\$[{(A-Za-z_]|\{\{|<%|%\(|\0|^!|env\.|secrets\.|vault:|ssm:|arn:aws:secretsmanager|op://")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]*")
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PATH = re.compile(
    r"(?:\.{0,2}/|[A-Za-z]:\\|~/)[\w./\\-]*|[\w-]+(?:/[\w-]+)*\.(?:txt|pem|key|json|ya?ml|env|crt|ini|html?|j2|jinja2?|py|md|png|svg)"
)
_HASH = re.compile(r"(?:sha\d+[:-])?[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WEAK = frozenset(
    {"password", "passwd", "pass", "pwd", "user", "username", "postgres", "guest", "test", "token", "string", "bearer"}
    | {"true", "false", "include", "same-origin", "omit", "required", "optional", "enabled", "disabled"}
    | {"basic", "str", "text", "mysql", "redis", "rabbitmq", "minio", "db", "app", "pw", "refresh", "access"}
)
_MIN_LENGTH = 4


def words(name: str) -> list[str]:
    """`dbPassword`, `DB_PASSWORD` and `db-password` alike: lower-case words."""
    return [word.lower() for word in _WORD.findall(name)]


def is_secret_name(name: str) -> bool:
    """Whether a variable, key or argument of this name holds a secret itself (not its length, path, type or hash)."""
    parts = words(name)
    if parts[:1] and parts[0] in _ABOUT:
        return False
    while parts and (parts[-1] in _TAIL_WORDS or parts[-1].isdigit()):
        parts.pop()
    if not parts:
        return False
    last, before = parts[-1], parts[-2] if len(parts) > 1 else ""
    return last in _SECRET_WORDS or (last in {"key", "keys"} and before in _KEY_OWNERS)


def is_placeholder(value: str) -> bool:
    """Whether a text asks to be replaced, or takes its value from elsewhere."""
    return bool(_PLACEHOLDER.search(value) or _INTERPOLATED.search(value)) or len(set(value)) < 3  # noqa: PLR2004 # "xx", "----"


def is_secret_value(value: str, name: str) -> bool:
    """Whether a constant under a secret's name is one: not a placeholder, a name of something, a path or a word."""
    text = value.strip()
    if len(text) < _MIN_LENGTH or is_placeholder(text) or any(char.isspace() for char in text):
        return False
    if (
        text.lower() in _WEAK
        or words(text) == words(name)
        or _ENVIRONMENT_NAME.fullmatch(text)
        or _PATH.fullmatch(text)
    ):
        return False
    if text.startswith(("http://", "https://")) or text.lower().startswith(("bearer", "x-", "authorization")):
        return False
    if words(name)[-1:] == ["token"] and text.isalpha() and (text.islower() or text.isupper()):
        return False  # a word: parsers have tokens too
    if words(name)[-2:] == ["api", "key"] and not any(char.isdigit() for char in text):
        return False  # a word that local model servers take for a key
    return not _names_something(text)


def _names_something(text: str) -> bool:
    """`access_token`, `auth.jwt.secret`, `refresh-token`: a name made of words, the last one a secret's word."""
    if not _IDENTIFIER.fullmatch(text) or any(char.isdigit() for char in text):
        return False
    parts = words(text)
    separated = any(char in text for char in "_.:/-") or text != text.lower()
    last = parts[-1] if parts else ""
    named = last in _SECRET_WORDS | {"key", "keys", "header", "cookie", "id", "url", "type", "hash", "name", "field"}
    return named and (separated or len(parts) == 1) and not {"super", "my", "top"} & set(parts)


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


def is_random(text: str) -> bool:
    """Whether a text looks like a generated key: long, no words, mixed characters, no hash, no identifier."""
    if is_placeholder(text) or text.startswith(("sha256-", "sha384-", "sha512-")):
        return False
    if not 24 <= len(text) <= 200 or not re.fullmatch(r"[A-Za-z0-9+/=_.~-]+", text):  # noqa: PLR2004 # length of generated keys
        return False
    if _HASH.fullmatch(text) or _PATH.fullmatch(text) or ("/" in text and "." in text):
        return False
    kinds = sum(any(test(char) for char in text) for test in (str.isupper, str.islower, str.isdigit))
    chunks = re.findall(r"[A-Za-z]{4,}", text)
    longest = max((len(chunk) for chunk in chunks if chunk.islower() or chunk.istitle() or chunk.isupper()), default=0)
    ordered = sum(ord(after) - ord(before) == 1 for before, after in pairwise(text))
    return kinds == 3 and entropy(text) > 4.2 and longest < 8 and ordered < len(text) / 4  # noqa: PLR2004 # measured on generated keys
