"""Where a link really leads: its host as the network knows it, and whether its words say something else."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree.ElementTree import Element

# As browsers read it: any number of slashes, of either kind, and an account's name before the host.
_AUTHORITY = re.compile(r"(?i:https?)://[/\\]*+([^/\\?#]*)")
_PORT = re.compile(r":\d*$")
_LOOKS_LIKE = re.compile(
    r"\s*(?:(?i:https?)://[/\\]*+)?(?:[^\s/@]*@)?"
    r"((?:[\w-]{1,63}\.){1,9}[^\W\d_]{2,24})\.?(?::\d+)?(?:[/?#]\S*)?\s*$"
)
_ADDRESS = re.compile(r"\s*[\w.+-]{1,64}@((?:[\w-]{1,63}\.){1,9}[^\W\d_]{2,24})\s*$")
HOST_LIMIT = 253
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Endings of files, which words in a text may have without being an address.
_FILES = {
    "c", "cc", "cfg", "conf", "cpp", "css", "csv", "env", "go", "h", "html", "ini", "java", "js", "json",
    "lock", "log", "md", "mjs", "net", "php", "pl", "py", "rb", "rs", "sh", "sql", "svg", "toml", "ts",
    "tsx", "txt", "vue", "xml", "yaml", "yml", "zip",
}  # fmt: skip


def host_of(url: str) -> str:
    """The host, in the letters in which it is looked up; the address of a mail; nothing within the page."""
    if url[:7].lower() == "mailto:":
        return unquote(url[7:].split("?")[0])[:HOST_LIMIT]
    match = _AUTHORITY.match(re.sub(r"[\t\r\n]", "", url))
    return _ascii(_PORT.sub("", unquote(match[1]).rpartition("@")[2])) if match else ""


def _ascii(host: str) -> str:
    """Letters that only look like others show their difference: `xn--…`."""
    host = host.rstrip(".").lower()[:HOST_LIMIT]
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("punycode").decode("ascii")


def mark_host(link: Element, url: str) -> None:
    """Says where the link leads, unless its own words do; marks words that name another host."""
    host = host_of(url)
    if not host:
        return
    words = _UNSEEN.sub("", "".join(link.itertext()).replace("&amp;", "&"))
    named = _named(words)
    is_written_out = bool(named) and _same(named, host) and "@" not in words.partition("//")[2].split("/")[0]
    if is_written_out and "xn--" not in host:
        return
    link.set("data-host", host.replace("&", "&amp;"))
    if named and not is_written_out:
        link.set("class", "misleading")
    elif "xn--" in host:
        link.set("class", "foreign")


def _named(words: str) -> str:
    """The host that the words of a link look like."""
    if _ADDRESS.match(words):
        return words.strip()
    match = _LOOKS_LIKE.match(words)
    if not match or (match[1].rpartition(".")[2].lower() in _FILES and "//" not in words):
        return ""
    return _ascii(match[1])


def _same(named: str, host: str) -> bool:
    """The very host, or one within it: whoever has `a.org` has `docs.a.org`."""
    named, host = (name.lower().removeprefix("www.") for name in (named, host))
    return host == named or host.endswith(f".{named}")
