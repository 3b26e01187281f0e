"""Pictures in a line, as large as fits on a page, with the words that stand for each."""

from __future__ import annotations

from exports.content.pictures import Picture
from exports.formats.docx.text import quoted

# In the unit of drawings, of which an inch has 914,400: a pixel, and what a page has room for.
_PIXEL = 9525
_WIDEST, _HIGHEST = 5_900_000, 7_200_000
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def drawing(picture: Picture, relation: str, number: int, words: str) -> str:
    """The run that shows it; `number` is like no other in the document."""
    share = min(1.0, _WIDEST / (picture.width * _PIXEL), _HIGHEST / (picture.height * _PIXEL))
    width, height = (max(1, int(side * _PIXEL * share)) for side in (picture.width, picture.height))
    told = quoted(words)
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="{told}" descr="{told}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{told}" descr="{told}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
