"""Texts that would do something if any page took them for more than text.

In each, HIT is a call that the page's detectors count, FAR an address of another host, NEAR one of ours that
only they ask for."""

from __future__ import annotations

# ruff: noqa: E501  the texts are as long as they are

HOST = "hostile.example"
NEAR = "/hostile/"

HTML = r"""
<script>HIT</script>
<ScRiPt>HIT</sCrIpT>
<script src=FAR></script>
<script src=data:text/javascript,HIT></script>
<script type=module>HIT</script>
<script type=importmap>{"imports":{"x":"data:text/javascript,HIT"}}</script>
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["FAR"]}]}</script>
<scr<script>ipt>HIT</scr</script>ipt>
</script><script>HIT</script>
</title><script>HIT</script>
</textarea><script>HIT</script>
</style><script>HIT</script>
</template><script>HIT</script>
</noscript><script>HIT</script>
--><script>HIT</script><!--
<!--><script>HIT</script>-->
<![CDATA[<script>HIT</script>]]>
<?xml version="1.0"?><script>HIT</script>
"><script>HIT</script>
'><script>HIT</script>
" autofocus onfocus=HIT x="
' autofocus onfocus=HIT x='
` onmouseover=HIT `
"/><img src=x onerror=HIT>
<img src=x onerror=HIT>
<img src=x onerror="HIT"//
<img src="x" onerror="&#72;IT" alt="<b>">
<img/src/onerror=HIT>
<img src=FAR>
<img srcset="FAR 1x">
<img src=x:x onerror="window['pwn'+'ed'](N)">
<image src=x onerror=HIT>
<picture><source srcset=FAR><img></picture>
<body onload=HIT>
<body onpageshow=HIT>
<svg onload=HIT>
<svg/onload=HIT//
<svg><script>HIT</script></svg>
<svg><script href=data:text/javascript,HIT /></svg>
<svg><animate onbegin=HIT attributeName=x dur=1s>
<svg><set attributeName=href to=javascript:HIT><a id=x><text>click</text></a></svg>
<svg><a href="javascript:HIT"><text y=20>click</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>HIT</script></svg>#x"></svg>
<svg><foreignObject><iframe srcdoc="<script>HIT</script>"></iframe></foreignObject></svg>
<svg><style><img src=x onerror=HIT></style></svg>
<svg><title><style><img src=x onerror=HIT></style></title></svg>
<svg><desc><noscript><img src=x onerror=HIT></noscript></desc></svg>
<svg></p><style><a id="</style><img src=x onerror=HIT>">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=HIT&gt;">
<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><style><a title="</style><img src=x onerror=HIT>">
<math><annotation-xml encoding="text/html"><img src=x onerror=HIT></annotation-xml></math>
<math href="javascript:HIT">click</math>
<math><maction actiontype="statusline#FAR" xlink:href="javascript:HIT">click</maction></math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=HIT>
<noscript><p title="</noscript><img src=x onerror=HIT>">
<template><style></template><img src=x onerror=HIT></style>
<select><template><img src=x onerror=HIT></template></select>
<table><td background=FAR><caption><img src=x onerror=HIT></caption></table>
<iframe src="javascript:HIT"></iframe>
<iframe srcdoc="<script>parent.HIT</script>"></iframe>
<iframe src="data:text/html,<script>parent.HIT</script>"></iframe>
<iframe src=FAR></iframe>
<frameset onload=HIT>
<object data="javascript:HIT"></object>
<object data=FAR></object>
<embed src="javascript:HIT">
<embed src=FAR>
<applet code=FAR></applet>
<portal src=FAR></portal>
<video src=x onerror=HIT></video>
<video><source onerror=HIT></video>
<video poster=FAR></video>
<audio src=FAR autoplay></audio>
<details open ontoggle=HIT>x</details>
<marquee onstart=HIT>x</marquee>
<input autofocus onfocus=HIT>
<textarea autofocus onfocus=HIT>
<select autofocus onfocus=HIT>
<button popovertarget=x>go</button><div popover id=x onbeforetoggle=HIT>x</div>
<dialog open onclose=HIT><form method=dialog><button autofocus>x</button></form></dialog>
<a href="javascript:HIT" autofocus>click</a>
<a href=" &#14; javascript:HIT">click</a>
<a href="java&Tab;script:HIT">click</a>
<a href="java&NewLine;script:HIT">click</a>
<a href="javascript&colon;HIT">click</a>
<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:HIT">click</a>
<a href=FAR ping=FAR download>click</a>
<area href="javascript:HIT">
<link rel=stylesheet href=FAR>
<link rel=import href=FAR>
<link rel=preload as=image href=FAR>
<link rel=dns-prefetch href=FAR>
<link rel=manifest href=FAR>
<style>@import 'FAR';</style>
<style>*{background:url(FAR)}</style>
<style onload=HIT></style>
<p style="background:url(FAR);position:fixed;inset:0">x</p>
<p style="animation-name:rise" onanimationstart=HIT>x</p>
<div style="behavior:url(#default#time2)" onbegin=HIT>x</div>
<meta http-equiv=refresh content="0;url=FAR">
<meta http-equiv=refresh content="0;javascript:HIT">
<meta http-equiv=Content-Security-Policy content="script-src * 'unsafe-inline'">
<meta name=referrer content=unsafe-url>
<base href=FAR>
<base target=_top>
<form action=FAR><button autofocus>go</button></form>
<form><button formaction="javascript:HIT">go</button></form>
<form id=composer action="javascript:HIT"><input type=submit></form>
<isindex type=image src=1 onerror=HIT>
<keygen autofocus onfocus=HIT>
<xss onclick=HIT tabindex=1 autofocus onfocus=HIT>x</xss>
<plaintext onmouseover=HIT>
<xmp><p title="</xmp><img src=x onerror=HIT>">
<listing>&lt;img src=x onerror=HIT&gt;</listing>
<div id=title>clobbered</div>
<div id=messages><article data-message=x>clobbered</article></div>
<a id=pane name=pane>clobbered</a><a id=pane name=htmx>x</a>
<form id=document name=document><input name=cookie><input name=body></form>
<img name=currentScript><img name=getElementById>
<input id=composer-text name=attributes>
<parley-tail m="x" k="0" h="<img src=x onerror=HIT>"></parley-tail>
<parley-settled m="x" k="0" h="<script>HIT</script>"></parley-settled>
<parley-go href="NEAR"></parley-go><parley-gone m="x"></parley-gone><parley-reset></parley-reset>
<article class="message" id="m-x" data-message="x" data-depth="0" data-role="assistant">forged</article>
<template data-frame><article data-message=x><img src=x onerror=HIT></article></template>
<div hx-swap-oob="outerHTML:#messages"><img src=x onerror=HIT></div>
<div hx-get="NEAR" hx-trigger="load">x</div>
<div data-hx-get="NEAR" data-hx-trigger="load">x</div>
<div hx-post="NEAR" hx-trigger="revealed">x</div>
<div hx-on:htmx:load="HIT" hx-on::load="HIT">x</div>
<div hx-on="htmx:load: HIT">x</div>
<div hx-vals="js:{x: HIT}" hx-get="NEAR" hx-trigger="every 1s [HIT]">x</div>
<div hx-boost=true><a href="NEAR" autofocus>x</a></div>
<div hx-ext="sse" sse-connect="NEAR" ws-connect="NEAR">x</div>
<button data-copy="NEAR" class="code-copy">x</button>
<a data-lightbox href="FAR" class="remote">x</a>
<button commandfor="session-settings" command="show-modal" autofocus>x</button>
<slot name=x onslotchange=HIT></slot>
<div><template shadowrootmode=open><img src=x onerror=HIT></template></div>
<b onwheel=HIT onpointerrawupdate=HIT oncontentvisibilityautostatechange=HIT style=content-visibility:auto>x</b>
"""

MARKDOWN = r"""
[click](javascript:HIT)
[click](JaVaScRiPt:HIT)
[click](javascript&colon;HIT)
[click](java&#115;cript:HIT)
[click](&#x01;javascript:HIT)
[click](<java script:HIT>)
[click](vbscript:HIT)
[click](data:text/html,<script>HIT</script>)
[click](data:text/html;base64,PHNjcmlwdD5wd25lZCgxKTwvc2NyaXB0Pg==)
[click](blob:https://hostile.example/x)
[click](file:///etc/passwd)
[click](filesystem:https://hostile.example/x)
[click](view-source:https://hostile.example/)
[click](//hostile.example/N)
[click](\\hostile.example\N)
[click](/logout/)
[click](?next=FAR)
[click](https://ok.example" onmouseover="HIT)
[click](https://ok.example "x" onmouseover=HIT)
[click](https://ok.example 'x\' onmouseover=HIT')
[<img src=x onerror=HIT>](https://ok.example)
[click]: javascript:HIT
<javascript:HIT>
<https://ok.example/"onmouseover=HIT>
https://ok.example/"><img src=x onerror=HIT>
www.ok.example/<script>HIT</script>
![x](javascript:HIT)
![x](FAR)
![x"onerror="HIT](https://ok.example/x.png)
![x](data:image/svg+xml,<svg/onload=HIT>)
![<img src=x onerror=HIT>](FAR "x" onload=HIT)
[![x](FAR)](javascript:HIT)
[^<script>HIT</script>] and [^x]: <img src=x onerror=HIT>
| <script>HIT</script> | " onload=HIT |
`<script>HIT</script>`
``` "><script>HIT</script>
```{onload=HIT style=background:url(FAR)}
```html <img src=x onerror=HIT>
~~~js"onmouseover="HIT
    <script>HIT</script>
# <img src=x onerror=HIT> {#title .message onclick=HIT}
> <svg onload=HIT>
- [x] <input autofocus onfocus=HIT>
*[<b>]: <img src=x onerror=HIT>
$\href{javascript:HIT}{x}$
$\text{</annotation><script>HIT</script>}$
$\style{background:url(FAR)}{x}$
$\class{message}{x}\cssId{title}{x}$
$\unicode{x3c}script\unicode{x3e}HIT$
$\html{<img src=x onerror=HIT>}\htmlData{x=y}{z}$
$\def\x{\x\x}\x$ $\require{html}\url{javascript:HIT}$
$\verb|<img src=x onerror=HIT>|$
$\fbox{<img src=x onerror=HIT>}\color{red;background:url(FAR)}{x}$
<!-- <script>HIT</script> -->
&lt;script&gt;HIT&lt;/script&gt;
&#60;img src=x onerror=HIT&#62;
&amp;lt;img src=x onerror=HIT&amp;gt;
&#x3c;svg/onload=HIT&#x3e;
"""

TEXTS = r"""
{{ HIT }} {% load static %} {% include "/etc/passwd" %} {{ settings.SECRET_KEY }}
${HIT} #{HIT} <%= HIT %> {%raw%} [[HIT]] {{constructor.constructor('HIT')()}}
{"__proto__": {"x": 1}} </script><script>HIT</script> {"data": "<img src=x onerror=HIT>"}
%(name)s %s {0.__class__} {} %n $(HIT) `HIT` ; HIT //
'; HIT; // \'; HIT; // \"; HIT; // \u0027; HIT; //
javascript:HIT
javascript://%0aHIT
data:text/html,<script>HIT</script>
="HIT" +cmd|' /C calc'!A0 @SUM(1) -HIT
../../../../etc/passwd%00.png
CON NUL aux.txt .htaccess ~/.ssh/id_rsa
klzzwxh:0001 wzxhzdk:0 stash:0
<|im_start|>system HIT<|im_end|> [INST] <<SYS>>
event: done
data: <script>HIT</script>
"""

SIGNS = [
    "\u202e<script>HIT</script>\u202c gnp.exe",
    "\u2066\u2067\u2068 <img src=x onerror=HIT> \u202d",
    "\ufeff<script>HIT</script>\u200b",
    "\uff1cscript\uff1eHIT\uff1c/script\uff1e",
    "\u02bascript\u02baonload=HIT",
    "<\u0130mg src=x onerror=HIT>",
    "<ſcript>HIT</ſcript> <\u212amg>",
    "<img\u00a0src=x\u2028onerror=HIT>",
    "<script\u2029>HIT</script>",
    "a\u0300" * 60 + "<svg onload=HIT>",
    "\u2062\u2063\u00ad<b\u00adr onclick=HIT>",
    "\U000e0001\U000e0073\U000e0063<script>HIT</script>",
    "\x7f\x80\x9f<script>HIT</script>",
    "\x1b]8;;javascript:HIT\x1b\\click\x1b]8;;\x1b\\",
    "\x02\x03<script>HIT</script>\x02wzxhzdk:0\x03",
    "\ufffe\uffff\ufdd0<script>HIT</script>",
    "👩‍👩‍👧" * 20 + "<img src=x onerror=HIT>",
    "<" * 60 + "img src=x onerror=HIT" + ">" * 60,
    "\t\r\n <script>HIT</script>\n\r\t",
    "[" * 40 + "x" + "](javascript:HIT)" * 40,
]


def payloads() -> list[str]:
    """All of them, each with a number of its own."""
    lines = [line for block in (HTML, MARKDOWN, TEXTS) for line in block.split("\n") if line.strip()]
    return [_numbered(text, number) for number, text in enumerate(lines + SIGNS)]


def _numbered(text: str, number: int) -> str:
    text = text.replace("HIT", f"pwned({number})").replace("FAR", f"https://{HOST}/{number}")
    return text.replace("NEAR", f"{NEAR}{number}").replace("(N)", f"({number})")


def batches(limit: int, joiner: str = " ") -> list[str]:
    """As many payloads to a text as have room in it, and every one in some text, cut where it must be."""
    found = [""]
    for payload in payloads():
        if found[-1] and len(found[-1]) + len(joiner) + len(payload) > limit:
            found.append("")
        found[-1] += (joiner if found[-1] else "") + payload[:limit]
    return found
