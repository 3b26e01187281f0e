"""The last step before HTML leaves this package: nothing but what the renderer itself can make passes."""

from __future__ import annotations

import nh3

from chat.rendering.code import CODE_STYLES

_TEXT = {
    "p",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "br",
    "blockquote",
    "em",
    "strong",
    "del",
    "code",
    "pre",
    "sup",
    "span",
    "a",
}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd", "input"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_PARTS = {"div", "section", "figure", "figcaption", "button"}
_MATHS = {
    "math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac",
    "msqrt", "mroot", "mstyle", "merror", "mpadded", "mphantom", "msub", "msup", "msubsup", "munder",
    "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "menclose",
}  # fmt: skip
_MATHS_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "dir", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linebreak", "linethickness", "lspace",
    "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines",
    "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "id", "role", "data-host"},
    "div": {"tabindex"},
    "figure": {"data-lang"},
    "input": {"disabled", "checked"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "sup": {"id"},
    "td": {"colspan"},
    **dict.fromkeys(_MATHS, _MATHS_ATTRIBUTES),
}
_VALUES = {
    "a": {"target": {"_blank"}, "aria-labelledby": {"say-back"}},
    "annotation": {"encoding": {"application/x-tex"}},
    "button": {
        "type": {"button"},
        "data-copy": {""},
        "data-code": {"wrap", "lines"},
        "aria-labelledby": {"say-copy", "say-wrap", "say-lines"},
    },
    "div": {"role": {"region"}, "aria-labelledby": {"say-table"}},
    "input": {"type": {"checkbox"}, "aria-labelledby": {"say-done", "say-open"}},
    "math": {"xmlns": {"http://www.w3.org/1998/Math/MathML"}},
    "section": {"role": {"doc-endnotes"}, "aria-labelledby": {"say-notes"}},
    "th": {"scope": {"col"}, "align": {"left", "right", "center"}},
    "td": {"align": {"left", "right", "center"}},
}


def _only_within_page(url: str) -> str | None:
    return url if url.startswith("#") else None


_cleaner = nh3.Cleaner(
    tags=_TEXT | _LISTS | _TABLES | _PARTS | _MATHS,
    attributes=_ATTRIBUTES,
    tag_attribute_values=_VALUES,
    generic_attribute_prefixes=set(),
    allowed_classes={
        "a": {"remote", "foreign", "misleading"},
        "div": {"table", "maths"},
        "figure": {"code"},
        "input": {"task"},
        "li": {"task-item"},
        "mi": {"sans", "mono"},
        "mn": {"sans", "mono"},
        "mrow": {"overlined", "underlined"},
        "mtable": {"aligned"},
        "mtd": {"ruled-above", "ruled-before"},
        "pre": {"plain"},
        "section": {"footnotes"},
        "span": {"code-lang", "maths", *CODE_STYLES},
    },
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative=_only_within_page,
)


def sanitize(html: str) -> str:
    return _cleaner.clean(html)
