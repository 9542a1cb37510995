"""RDF/XML with document types: harmless short forms are expanded, everything else is refused, nothing is fetched."""

import time
from pathlib import Path

import pytest

from vocab import document
from vocab.rdf import Format, RdfError, to_ntriples
from vocab.xml_entities import safe

RDF_NS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SHORT = f"""<?xml version='1.0' encoding='UTF-8'?>
<!-- a catalogue -->
<!DOCTYPE rdf:RDF [
  <!ENTITY rdf '{RDF_NS}'>
  <!ENTITY xsd "http://www.w3.org/2001/XMLSchema#" > <!-- the types -->
  <!ELEMENT x (#PCDATA)> <!ATTLIST x y CDATA "z>">
  <!ENTITY base "http://a.example/"> <!ENTITY one "&base;&#49;">
  <!ENTITY % parameter "ignored">
]>
<rdf:RDF xmlns:rdf="&rdf;" xmlns:d="http://d.example/">
  <rdf:Description rdf:about="&one;"><d:n rdf:datatype="&xsd;integer">5</d:n>
    <d:t>&amp;xsd; &lt;&base;&gt; <![CDATA[&base; <!DOCTYPE html>]]></d:t><!-- &base; <!ENTITY --></rdf:Description>
</rdf:RDF>"""


def read(text: str) -> str:
    return to_ntriples(text.encode(), Format.RDF_XML, "http://b.example/").read().decode()


def bomb(levels: int, width: int = 10) -> str:
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * width}">' for n in range(1, levels + 1)
    )
    return f"<!DOCTYPE rdf:RDF [{entities}]>"


def body(text: str) -> str:
    return (
        f'<rdf:RDF xmlns:rdf="{RDF_NS}" xmlns:d="http://d.example/">'
        f'<rdf:Description rdf:about="http://s.example/"><d:t>{text}</d:t></rdf:Description></rdf:RDF>'
    )


def test_internal_entities_are_expanded_where_they_are_references() -> None:
    assert set(read(SHORT).splitlines()) == {
        '<http://a.example/1> <http://d.example/n> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        '<http://a.example/1> <http://d.example/t> "&xsd; <http://a.example/> &base; <!DOCTYPE html>" .',
    }


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_the_pieces_a_document_comes_in_make_no_difference(size: int) -> None:
    prolog, root = SHORT.encode().split(b"]>", 1)
    rest = [root[start : start + size] for start in range(0, len(root), size)]
    assert b"".join(safe(iter([prolog + b"]>", *rest]))) == b"".join(safe(iter([SHORT.encode()])))


def test_streamed_documents_are_expanded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(SHORT)
    monkeypatch.setattr(document, "IN_MEMORY", 10)
    assert read(SHORT) == whole


def test_lines_are_counted_as_in_the_document_that_was_sent() -> None:
    assert b"".join(safe(iter([SHORT.encode()]))).count(b"\n") == SHORT.count("\n")


@pytest.mark.parametrize("levels", [3, 9, 40])
def test_a_bomb_of_entities_is_refused_at_once(levels: int) -> None:
    started = time.perf_counter()
    with pytest.raises(RdfError, match="实体"):
        read(bomb(levels) + body(f"&a{levels};"))
    assert time.perf_counter() - started < 1


def test_many_uses_of_a_long_entity_are_refused() -> None:
    text = f'<!DOCTYPE rdf:RDF [<!ENTITY a "{"a" * 1_900}">]>' + body("&a;" * 100_000)
    with pytest.raises(RdfError, match="实体"):
        read(text)


def test_entities_that_hold_each_other_are_refused() -> None:
    with pytest.raises(RdfError, match="实体"):
        read('<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]>' + body("&a;"))


def test_too_many_declarations_are_refused() -> None:
    with pytest.raises(RdfError, match="实体"):
        read("<!DOCTYPE r [" + "".join(f'<!ENTITY e{n} "">' for n in range(5_000)) + "]>" + body(""))


@pytest.mark.parametrize("kind", ["SYSTEM '{0}'", "PUBLIC 'x' '{0}'"])
def test_external_entities_are_never_read(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    for address in (secret.as_uri(), str(secret), "http://127.0.0.1:9/x"):
        with pytest.raises(RdfError, match="外部实体") as caught:
            read(f"<!DOCTYPE r [<!ENTITY x {kind.format(address)}>]>" + body("&x;"))
        assert "secret" not in str(caught.value)
    assert "harmless" in read(f"<!DOCTYPE r [<!ENTITY x {kind.format('http://127.0.0.1:9/x')}>]>" + body("harmless"))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/rdf.dtd">',
        '<!DOCTYPE rdf:RDF PUBLIC "-//DUBLIN CORE//DCMES DTD 2002/07/31//EN" "http://127.0.0.1:9/dcmes.dtd">',
        "<!DOCTYPE rdf:RDF SYSTEM 'x' [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]>",
        "<!DOCTYPE rdf:RDF []>",
    ],
)
def test_external_subsets_and_parameter_entities_are_passed_over(doctype: str) -> None:
    assert '"fine"' in read(doctype + "\n" + body("fine"))


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE rdf:RDF [" + body("x"),
        "<!DOCTYPE rdf:RDF [<!ENTITY a 'x]>" + body("x"),
        "<!DOCTYPE rdf:RDF [<!ENTITY a unquoted>]>" + body("x"),
        "<!DOCTYPE rdf:RDF [<!ENTITY a '&#xFFFFFF;'>]>" + body("x"),
        "<!DOCTYPE",
        "<!DOCTYPE rdf:RDF [" + "<!-- " * 50_000,
    ],
)
def test_a_broken_document_type_is_refused_in_words(text: str) -> None:
    with pytest.raises(RdfError) as caught:
        read(text)
    assert caught.value.reason_zh


def test_a_document_type_inside_the_content_is_refused() -> None:
    # The fast parser would take it, and its entities with it.
    with pytest.raises(RdfError, match="DOCTYPE"):
        read(body(bomb(6) + "&a6;"))
    with pytest.raises(RdfError, match="DOCTYPE"):
        read("text first " + bomb(6) + body("&a6;"))


def test_an_undeclared_entity_is_an_error_of_the_document() -> None:
    with pytest.raises(RdfError):
        read(body("&nbsp;"))


def test_elements_a_thousand_deep_are_read_and_bottomless_ones_refused() -> None:
    def nested(depth: int) -> str:
        return body("x").replace("<d:t>x</d:t>", "<d:p><d:N>" * depth + "</d:N></d:p>" * depth)

    assert read(nested(400)).count("\n") == 800
    with pytest.raises(RdfError, match="嵌套"):
        read(nested(50_000))


def test_unclosed_tags_in_a_text_are_no_nesting() -> None:
    assert "<br>" in read(body("<![CDATA[" + "<br>" * 10_000 + "]]>"))
