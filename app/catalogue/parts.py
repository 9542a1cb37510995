"""Reads the parts of an entry that have nodes of their own: publisher, contacts, data items, distributions. Pure."""

import re
from urllib.parse import unquote

from app.catalogue import prose
from app.catalogue.model import Contact, DataItem, Distribution, Publisher
from app.catalogue.reading import Node, last_part, notation, unique, whole_number
from app.catalogue.statements import iri, literal, quoted
from app.catalogue.terms import CSVW, DCAT, DCT, FOAF, LABEL, SCHEMA, SKOS, SUI, TYPE, VCARD
from harvest.record import publisher_id, valid_uscc
from vocab.rdf import NO_BASE

_MAIL = re.compile(r"[^@\s/?#]{1,64}@[^@\s/?#]+\.[^@\s/?#]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,30}")
_PAGE = re.compile(r"https?://", re.IGNORECASE)
_MEDIA_TYPES = ("http://www.iana.org/assignments/media-types/", "https://www.iana.org/assignments/media-types/")


def publisher(dataset: Node, source_id: str) -> Publisher | None:
    for term in dataset.terms(DCT + "publisher"):
        said = literal(term)
        if said:
            name = said.text.strip()
            if name:
                return Publisher(publisher_id(source_id, name=name), {said.language: name})
            continue
        agent = dataset.at(term)
        names = agent.text(FOAF + "name", SKOS + "prefLabel", VCARD + "fn", SCHEMA + "name", LABEL)
        uscc = next((code for code in agent.words(DCT + "identifier") if valid_uscc(code)), "")
        if term.startswith(f"<{dataset.base}publisher/"):
            return Publisher(last_part(iri(term)), names, uscc=uscc)
        address = "" if dataset.is_ours(term) else iri(term)
        if address or names:
            name = next(iter(names.values()), "")
            id_ = publisher_id(source_id, uscc=uscc, iri=address, name=name)
            known = "" if address.startswith(NO_BASE) else address
            return Publisher(id_, names or {"": last_part(address)}, known, uscc)
    return None


def publisher_kind(dataset: Node) -> str:
    """government, enterprise or society; "" where nobody says."""
    kinds = (word for agent in dataset.nodes(DCT + "publisher") for word in agent.words(SUI + "publisherKind"))
    return next((kind for kind in kinds if kind in ("government", "enterprise", "society")), "")


def contacts(dataset: Node) -> tuple[Contact, ...]:
    found = []
    for node in dataset.nodes(DCAT + "contactPoint"):
        said = literal(node.term)
        phones = _addresses(node, "tel:", _PHONE, VCARD + "hasTelephone", VCARD + "tel", VCARD + "telephone")
        mails = _addresses(node, "mailto:", _MAIL, VCARD + "hasEmail", VCARD + "email")
        pages = [word for word in (*phones, *mails) if _PAGE.match(word)]  # a form to write in
        contact = Contact(
            {said.language: said.text} if said else node.text(VCARD + "fn", VCARD + "organization-name", FOAF + "name"),
            tuple(word for word in phones if word not in pages),
            tuple(word for word in mails if word not in pages),
            unique([*node.iris(VCARD + "hasURL", VCARD + "url"), *pages]),
        )
        if contact.names or contact.phones or contact.emails or contact.urls:
            found.append(contact)
    return tuple(found)


def _addresses(contact: Node, scheme: str, fits: re.Pattern[str], *predicates: str) -> tuple[str, ...]:
    """Phone numbers or mail addresses without their scheme; a node may stand between (`vcard:hasValue`)."""
    found: list[str] = []
    for value in contact.terms(*predicates):
        between = contact.at(value).words(VCARD + "hasValue", VCARD + "value")
        found += between or contact.spoken(value)
    return unique(plain for word in found if (plain := _plain(word, scheme, fits)))


def _plain(word: str, scheme: str, fits: re.Pattern[str]) -> str:
    """
    One of them. Without a scheme (`<a@b.example>`) it is a relative address in RDF, and comes resolved against where
    its document lay: then its last part says it.
    """
    if word[: len(scheme)].lower() == scheme:
        return unquote(word[len(scheme) :]).strip()
    if _PAGE.match(word) and fits.fullmatch(last := unquote(word.rpartition("/")[2]).strip()):
        return last
    return word.strip()


def data_items(dataset: Node) -> tuple[DataItem, ...]:
    """The dataset's own columns, else those of its distributions."""
    own = _columns(dataset)
    if own:
        return own
    items = (item for part in dataset.nodes(DCAT + "distribution") for item in _columns(part))
    return tuple({item.name: item for item in items}.values())


def count_data_items(dataset: Node) -> int:
    """About as many as `data_items` has, without reading them."""
    for holders in ([dataset], dataset.nodes(DCAT + "distribution")):
        schemas = (schema for holder in holders for schema in holder.nodes(CSVW + "tableSchema"))
        if count := sum(len(schema.terms(CSVW + "column")) for schema in schemas):
            return count
    return 0


def _columns(node: Node) -> tuple[DataItem, ...]:
    found = []
    for schema in node.nodes(CSVW + "tableSchema"):
        for column in schema.nodes(CSVW + "column"):
            title = column.word(CSVW + "title", CSVW + "titles")
            name = column.word(CSVW + "name") or title
            if not name:
                continue
            position = whole_number(column.word(SUI + "position"))
            opened = {"true": True, "1": True, "false": False, "0": False}.get(column.word(SUI + "open"))
            datatype = last_part(column.word(CSVW + "datatype"))
            item = DataItem(name, title, datatype, prose.readable(column.word(DCT + "description")), opened)
            found.append((1_000_000 if position is None else position, item))
    return tuple(item for _, item in sorted(found, key=lambda pair: pair[0]))


def distributions(dataset: Node) -> tuple[Distribution, ...]:
    return tuple(_distribution(node) for node in dataset.nodes(DCAT + "distribution"))


def _distribution(node: Node) -> Distribution:
    known, other = formats(node)
    return Distribution(
        iri=iri(node.term),
        titles=prose.in_each(prose.one_line, node.text(DCT + "title", LABEL)),
        descriptions=prose.in_each(prose.readable, node.text(DCT + "description")),
        download_url=next(iter(node.iris(DCAT + "downloadURL")), ""),
        access_url=next(iter(node.iris(DCAT + "accessURL")), ""),
        format=known[0] if known else last_part(other[0]) if other else "",
        media_type=_media_type(node),
        licence=node.word(DCT + "license", DCT + "licence"),
        byte_size=whole_number(node.word(DCAT + "byteSize")),
        is_api=is_api(node),
        issued=node.word(DCT + "issued"),
        modified=node.word(DCT + "modified"),
    )


def is_api(distribution: Node) -> bool:
    return (
        bool(distribution.terms(DCAT + "accessService"))
        or f"<{DCAT}DataService>" in distribution.terms(TYPE)
        or "api" in formats(distribution)[0]
    )


def formats(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notations of the formats that are known, by their media type where nothing better is said; the others' words."""
    known, other = known_and_other(node, "format", DCT + "format", by_last_part=True)
    return known or known_and_other(node, "format", DCAT + "mediaType")[0], other


def known_and_other(
    node: Node, scheme: str, predicate: str, *, by_last_part: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Notations of the values that a scheme knows; the source's words of the others.

    `by_last_part`: an IRI that nobody knows may end in a word that somebody does (…/freq/annual).
    """
    terms = node.terms(predicate)
    if not terms:
        return (), ()
    known: list[str] = []
    other: list[str] = []
    for value in terms:
        code = notation(scheme, value)
        if not code:
            words = node.spoken(value)
            tried = [*words, *map(last_part, words)] if by_last_part and value[0] == "<" else words
            code = next((found for word in tried if (found := notation(scheme, quoted(word)))), "")
        if code:
            known.append(code)
        else:
            other += words
    return unique(known), unique(other)


def _media_type(node: Node) -> str:
    said = node.word(DCAT + "mediaType")
    return next((said.removeprefix(base) for base in _MEDIA_TYPES if said.startswith(base)), said)
