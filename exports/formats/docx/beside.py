"""What is beside a message's text: files, tools, what went wrong, reactions and notes."""

from __future__ import annotations

from collections.abc import Iterator

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from chat.fragments import Tool
from chat.models import Annotation, Attachment
from exports.content.blocks import Code
from exports.content.pictures import picture_of
from exports.content.tools import doing_of
from exports.content.transcript import Entry
from exports.formats.docx.code import code
from exports.formats.docx.markup import paragraph
from exports.formats.docx.package import Media
from exports.formats.docx.story import words


def beside(entry: Entry, media: Media) -> str:
    return "".join(_pieces(entry, media))


def _pieces(entry: Entry, media: Media) -> Iterator[str]:
    for attachment in entry.attachments:
        yield _file(attachment, media)
    for tool in entry.tools:
        yield tool_told(tool)
    if entry.trouble:
        yield words(entry.trouble, "Trouble")
    if entry.reactions:
        given = (f"{emoji} {', '.join(names)}" for emoji, names in entry.reactions)
        yield words("   ".join(given), "Facts")
    for note in entry.notes:
        yield _note(note)


def _file(attachment: Attachment, media: Media) -> str:
    """The picture, or the name of what is none."""
    picture = picture_of(attachment)
    shown = media.show(picture, attachment.name) if picture else ""
    size = filesizeformat(attachment.size)
    caption = attachment.name if shown else f"{attachment.name} · {size}"
    return (paragraph(shown, "Picture") if shown else "") + words(caption, "Caption")


def tool_told(tool: Tool) -> str:
    """What a tool was asked, or what it answered."""
    label = words(f"{tool.name} {doing_of(tool)}", "AsideLabel")
    return label + code(Code("", "", (("", tool.said),)))


def _note(note: Annotation) -> str:
    told = [_("Note by %(name)s") % {"name": note.who or "—"}]
    if note.quote:
        told.append(_("on “%(quote)s”") % {"quote": " ".join(note.quote.split())})
    return words(" ".join(told), "AsideLabel") + words(note.body, "MarginNote")
