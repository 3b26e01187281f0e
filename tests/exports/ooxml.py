"""What ECMA-376 says of the elements that our Word documents have: in which order their children stand.

Word calls a document damaged in which they stand in another one; LibreOffice and python-docx do not mind.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PREFIXES = {
    W: "w", M: "m",
    "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}": "wp",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}": "a",
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}": "pic",
}  # fmt: skip
_RUN = """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof
    snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText
    vertAlign rtl cs em lang eastAsianLayout specVanish oMath"""
_PARAGRAPH = """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr
    shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi
    adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection
    textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"""
_TABLE = """tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc
    tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"""
_SEQUENCES = {
    "w:rPr": _RUN,
    "w:pPr": _PARAGRAPH,
    "w:tblPr": _TABLE,
    "w:p": "pPr *",
    "w:r": "m:rPr rPr *",
    "w:tbl": "tblPr tblGrid tr",
    "w:tr": "tblPrEx trPr tc",
    "w:tc": "tcPr *",
    "w:trPr": "cnfStyle gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc",
    "w:tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
    "w:pBdr": "top left bottom right between bar",
    "w:tblBorders": "top left bottom right insideH insideV",
    "w:tblCellMar": "top left bottom right",
    "w:numPr": "ilvl numId",
    "w:body": "* sectPr",
    "w:sdt": "sdtPr sdtEndPr sdtContent",
    "w:sectPr": """headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders
        lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid""",
    "w:style": """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed
        qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr""",
    "w:tblStylePr": "pPr rPr tblPr trPr tcPr",
    "w:abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "w:lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "w:num": "abstractNumId lvlOverride",
    "w:numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "w:settings": """writeProtection view zoom defaultTabStop autoHyphenation evenAndOddHeaders
        characterSpacingControl footnotePr endnotePr compat rsids m:mathPr themeFontLang clrSchemeMapping
        decimalSymbol listSeparator""",
    "m:r": "m:rPr rPr *",
    "m:rPr": "lit nor scr sty brk aln",
    "m:f": "fPr num den",
    "m:rad": "radPr deg e",
    "m:sSub": "sSubPr e sub",
    "m:sSup": "sSupPr e sup",
    "m:sSubSup": "sSubSupPr e sub sup",
    "m:sPre": "sPrePr sub sup e",
    "m:nary": "naryPr sub sup e",
    "m:naryPr": "chr limLoc grow subHide supHide ctrlPr",
    "m:d": "dPr e",
    "m:dPr": "begChr sepChr endChr grow shp ctrlPr",
    "m:acc": "accPr e",
    "m:bar": "barPr e",
    "m:func": "funcPr fName e",
    "m:limLow": "limLowPr e lim",
    "m:limUpp": "limUppPr e lim",
    "m:groupChr": "groupChrPr e",
    "m:groupChrPr": "chr pos vertJc ctrlPr",
    "m:m": "mPr mr",
    "m:mPr": "baseJc plcHide rSpRule cGpRule rSp cSp cGp mcs ctrlPr",
    "m:mcPr": "count mcJc",
    "m:phant": "phantPr e",
    "m:borderBox": "borderBoxPr e",
    "m:borderBoxPr": "hideTop hideBot hideLeft hideRight strikeH strikeV strikeBLTR strikeTLBR ctrlPr",
    "m:oMathPara": "oMathParaPr oMath",
    "wp:inline": "wp:extent wp:effectExtent wp:docPr wp:cNvGraphicFramePr a:graphic",
    "pic:pic": "pic:nvPicPr pic:blipFill pic:spPr",
}  # fmt: skip


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(part: bytes) -> etree._Element:
    """The part, which is well formed."""
    return etree.fromstring(part, etree.XMLParser(huge_tree=True))


def named(element: etree._Element) -> str:
    space, _, name = str(element.tag).rpartition("}")
    return f"{_PREFIXES.get(space + '}', '?')}:{name}"


def disorders(root: etree._Element) -> Iterator[str]:
    """What stands where the standard has it nowhere, or not there."""
    for element in root.iter(etree.Element):
        name = named(element)
        if sequence := _SEQUENCES.get(name):
            prefix = name.partition(":")[0]
            places = {
                one if ":" in one or one == "*" else f"{prefix}:{one}": place
                for place, one in enumerate(sequence.split())
            }
            children = [named(child) for child in element.iterchildren(etree.Element)]
            found = [places.get(child, places.get("*", -1)) for child in children]
            if -1 in found or found != sorted(found):
                yield f"{name}: {children[:20]}"
