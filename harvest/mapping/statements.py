"""Says an entry in RDF: the properties of the metadata profile, codes as IRIs, the source's own words beside them."""

from collections.abc import Iterable

from harvest.mapping import codes
from harvest.mapping.entry import Distribution, Entry, Item
from vocab.codelists import Concept
from vocab.iris import mended
from vocab.namespaces import CSVW, DCAT, DCATAP, DCT, FOAF, MEDIA_TYPE, ORG, RDF, RDFS, SUI, VCARD, XSD
from vocab.ntriples import literal

SUBJECT = "_:dataset"
"""The dataset's node in what `statements` gives."""

_THEMES = ("theme", "theme-gbt21063", "industry")
_INDUSTRIES = ("industry", "theme-gbt21063", "theme")


def statements(entry: Entry) -> bytes:
    """The entry as N-Triples. Words that are no code go to the `…Text` properties and are told in `entry.notes`."""
    writer = _Writer(entry)
    writer.says()
    return b"".join(writer.lines)


def link(address: str) -> str | None:
    """An address that may become a link (http, https, ftp), mended; None for anything else."""
    good = mended(address)
    return good if good and good.lower().startswith(("http://", "https://", "ftp://")) else None


def _term(iri: str) -> bytes:
    return b"<%s>" % iri.encode()


_D = SUBJECT.encode()
_TYPE, _LABEL = _term(RDF.type), _term(RDFS.label)
_TITLE, _DESCRIPTION, _IDENTIFIER, _KEYWORD = map(_term, (DCT.title, DCT.description, DCT.identifier, DCAT.keyword))
_PUBLISHER, _CONTACT, _THEME, _ACCESS, _RIGHTS, _FREQUENCY = map(
    _term, (DCT.publisher, DCAT.contactPoint, DCAT.theme, DCT.accessRights, DCT.rights, DCT.accrualPeriodicity)
)
_FORMAT, _MEDIA, _LICENCE, _SPATIAL, _TEMPORAL, _PAGE = map(
    _term, (DCT["format"], DCAT.mediaType, DCT.license, DCT.spatial, DCT.temporal, DCAT.landingPage)
)
_SCHEMA, _COLUMN, _NAME, _COLUMN_TITLE, _DATATYPE = map(
    _term, (CSVW.tableSchema, CSVW.column, CSVW.name, CSVW.title, CSVW.datatype)
)
_DISTRIBUTION, _ACCESS_URL, _DOWNLOAD_URL, _SERVICE, _ENDPOINT, _BYTES = map(
    _term, (DCAT.distribution, DCAT.accessURL, DCAT.downloadURL, DCAT.accessService, DCAT.endpointURL, DCAT.byteSize)
)
_OPEN, _POSITION, _KIND, _ROWS, _LEVEL, _BASIS, _GROUND, _WITHHELD = map(
    _term,
    (SUI.open, SUI.position, SUI.publisherKind, SUI.rows, SUI.level, SUI.basis, SUI.ground, SUI.withheld),
)
_THEME_TEXT, _FREQUENCY_TEXT, _FORMAT_TEXT, _OPEN_TEXT = map(
    _term, (SUI.themeText, SUI.frequencyText, SUI.formatText, SUI.openAttributeText)
)
_FN, _PHONE, _EMAIL, _URL = map(_term, (VCARD.fn, VCARD.hasTelephone, VCARD.hasEmail, VCARD.hasURL))
_DATASET, _A_DISTRIBUTION, _A_SERVICE, _A_LICENCE, _PERIOD, _LOCATION, _RIGHTS_STATEMENT = map(
    _term,
    (
        DCAT.Dataset,
        DCAT.Distribution,
        DCAT.DataService,
        DCT.LicenseDocument,
        DCT.PeriodOfTime,
        DCT.Location,
        DCT.RightsStatement,
    ),
)
_AGENT, _ORGANIZATION, _VCARD, _VCARD_ORGANIZATION, _TABLE_SCHEMA, _TABLE_COLUMN = map(
    _term, (FOAF.Agent, ORG.Organization, VCARD.Kind, VCARD.Organization, CSVW.Schema, CSVW.Column)
)
_ISSUED, _MODIFIED, _AGENT_NAME = map(_term, (DCT.issued, DCT.modified, FOAF.name))
_INTEGER, _DATE, _INSTANT = map(_term, (XSD.integer, XSD.date, XSD.dateTime))
_TRUE, _FALSE = (literal(word, datatype=str(XSD.boolean)) for word in ("true", "false"))


class _Writer:
    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.lines: list[bytes] = []

    def says(self) -> None:
        entry = self.entry
        self._add(_D, _TYPE, _DATASET)
        for predicate, text, others in (
            (_TITLE, entry.title, entry.titles),
            (_DESCRIPTION, entry.description, entry.descriptions),
        ):
            self._text(_D, predicate, text)
            for language, other in others.items():
                self._add(_D, predicate, literal(other, language=language))
        for identifier in entry.identifiers:
            self._add(_D, _IDENTIFIER, literal(identifier))
        for keyword in entry.keywords:
            self._text(_D, _KEYWORD, keyword)
        for property, at in ((_ISSUED, entry.issued), (_MODIFIED, entry.modified)):
            if at:
                self._add(_D, property, _moment(at))
        if entry.rows is not None:
            self._add(_D, _ROWS, _plain(str(entry.rows), _INTEGER))
        for word in entry.withheld:
            self._add(_D, _WITHHELD, literal(word))
        self._publisher()
        self._contact()
        self._codes()
        self._said()
        self._access()
        self._items(_D, entry.items)
        for page in entry.landing_pages:
            self._link(_D, _PAGE, page)
        for number, distribution in enumerate(entry.distributions):
            self._distribution(b"_:f%d" % number, distribution)
        if entry.licence and not entry.distributions:
            self._licence(_D)

    # Parts

    def _publisher(self) -> None:
        agent = self.entry.publisher
        if not (agent.name or agent.uscc):
            return
        self._add(_D, _PUBLISHER, b"_:publisher")
        self._types(b"_:publisher", _AGENT, _ORGANIZATION)
        self._text(b"_:publisher", _AGENT_NAME, agent.name)
        for code in filter(None, (agent.uscc, agent.code)):
            self._add(b"_:publisher", _IDENTIFIER, literal(code))
        if agent.kind:
            self._add(b"_:publisher", _KIND, literal(agent.kind))

    def _contact(self) -> None:
        contact = self.entry.contact
        if not (contact.name or contact.phones or contact.emails or contact.urls):
            return
        self._add(_D, _CONTACT, b"_:contact")
        self._types(b"_:contact", _VCARD, _VCARD_ORGANIZATION)
        self._text(b"_:contact", _FN, contact.name or self.entry.publisher.name)
        for phone in contact.phones:
            self._address(b"_:contact", _PHONE, "tel:" + phone.replace(" ", ""))
        for email in contact.emails:
            self._address(b"_:contact", _EMAIL, "mailto:" + email)
        for url in contact.urls:
            self._link(b"_:contact", _URL, url)

    def _codes(self) -> None:
        entry = self.entry
        for texts, schemes in ((entry.themes, _THEMES), (entry.industries, _INDUSTRIES)):
            for text in texts:
                found, unknown = codes.subjects(text, schemes)
                for concept in found:
                    self._theme(concept)
                self._unknown(_THEME_TEXT, "theme", unknown)
        self._formats(_D, entry.formats, _FORMAT_TEXT)
        self._coded("frequency", entry.frequency, _FREQUENCY, _FREQUENCY_TEXT)
        self._coded("open-attribute", entry.open_attribute, _ACCESS, _OPEN_TEXT)
        if entry.level:
            level = codes.concept("level", entry.level)
            self._add(_D, _LEVEL, _term(level.iri) if level else literal(entry.level))
            if not level:
                self._note("unknown-level", entry.level)
        for number, district in enumerate(entry.districts):
            self._district(number, district)
        start, end = entry.period
        if start or end:
            self._add(_D, _TEMPORAL, b"_:period")
            self._types(b"_:period", _PERIOD)
            for predicate, at in ((DCAT.startDate, start), (DCAT.endDate, end)):
                if at:
                    self._add(b"_:period", _term(predicate), _moment(at))

    def _said(self) -> None:
        """
        The source's own words beside the concepts that the mapping put in their place. A number is a code of its
        portal's and no word: what it meant stands in the mapping.
        """
        texts = {"theme": _THEME_TEXT, "industry": _THEME_TEXT, "format": _FORMAT_TEXT, "frequency": _FREQUENCY_TEXT,
                 "open_attribute": _OPEN_TEXT}  # fmt: skip
        for name, words in self.entry.said.items():
            for word in words:
                if not word.isdecimal():
                    self._add(_D, texts[name], literal(word))

    def _theme(self, concept: Concept) -> None:
        self._add(_D, _THEME, _term(concept.iri))
        if concept.scheme == "theme" and (eu := codes.eu_iri(concept)):
            self._add(_D, _THEME, _term(eu))

    def _coded(self, scheme: str, word: str, predicate: bytes, text_predicate: bytes) -> None:
        if not word:
            return
        concept = codes.concept(scheme, word)
        if concept is None:
            self._unknown(text_predicate, scheme, (word,))
            return
        self._add(_D, predicate, _term(codes.eu_iri(concept) or concept.iri))
        if not codes.is_preferred(concept, word):
            self._add(_D, text_predicate, literal(word))

    def _formats(self, node: bytes, words: Iterable[str], text_predicate: bytes) -> None:
        for word in words:
            concept = codes.concept("format", word)
            if concept is None:
                self._unknown(text_predicate, "format", (word,))
                continue
            self._add(node, _FORMAT, _term(codes.eu_iri(concept) or concept.iri))
            if media_type := concept.facts.get("mediaType"):
                self._add(node, _MEDIA, _term(MEDIA_TYPE[media_type]))
            if not codes.is_preferred(concept, word):
                self._add(_D, text_predicate, literal(word))

    def _district(self, number: int, word: str) -> None:
        concept = codes.concept("district", word)
        if concept:
            self._add(_D, _SPATIAL, _term(concept.iri))
            return
        node = b"_:place%d" % number
        self._add(_D, _SPATIAL, node)
        self._types(node, _LOCATION)
        self._text(node, _LABEL, word)

    def _access(self) -> None:
        entry = self.entry
        for number, condition in enumerate(entry.conditions):
            node = b"_:rights%d" % number
            self._add(_D, _RIGHTS, node)
            self._types(node, _RIGHTS_STATEMENT)
            self._text(node, _LABEL, condition)
        basis = entry.basis
        if not (basis.ground or basis.document or basis.legislation):
            return
        self._add(_D, _BASIS, b"_:basis")
        if basis.ground:
            ground = codes.concept("grounds", basis.ground)
            self._add(b"_:basis", _GROUND, _term(ground.iri) if ground else literal(basis.ground))
            if not ground:
                self._note("unknown-ground", basis.ground)
        self._text(b"_:basis", _TITLE, basis.document)
        if basis.legislation:
            self._link(b"_:basis", _term(DCATAP.applicableLegislation), basis.legislation)

    def _items(self, node: bytes, items: list[Item]) -> None:
        if not items and not self.entry.items_text:
            return
        self._add(node, _SCHEMA, b"_:schema")
        self._types(b"_:schema", _TABLE_SCHEMA)
        self._text(b"_:schema", _DESCRIPTION, self.entry.items_text)
        for position, item in enumerate(items, 1):
            column = b"_:column%d" % position
            self._add(b"_:schema", _COLUMN, column)
            self._types(column, _TABLE_COLUMN)
            self._add(column, _NAME, literal(item.name))
            self._text(column, _COLUMN_TITLE, item.title)
            self._text(column, _DESCRIPTION, item.description)
            if item.datatype:
                self._add(column, _DATATYPE, literal(item.datatype))
            if item.open is not None:
                self._add(column, _OPEN, _TRUE if item.open else _FALSE)
            self._add(column, _POSITION, _plain(str(position), _INTEGER))

    def _distribution(self, node: bytes, distribution: Distribution) -> None:
        url = link(distribution.url)
        if url is None:
            self._note("unusable-address", distribution.url)
            return
        self._add(_D, _DISTRIBUTION, node)
        self._types(node, _A_DISTRIBUTION)
        self._add(node, _ACCESS_URL, _term(url))
        self._text(node, _TITLE, distribution.title)
        self._formats(node, distribution.formats, _FORMAT_TEXT)
        if distribution.byte_size is not None:
            size = literal(str(distribution.byte_size), datatype=str(XSD.nonNegativeInteger))
            self._add(node, _BYTES, size)
        if self.entry.licence:
            self._licence(node)
        if not distribution.is_api:
            self._add(node, _DOWNLOAD_URL, _term(url))
            return
        service = node + b"s"
        self._add(node, _SERVICE, service)
        self._types(service, _A_SERVICE)
        self._text(service, _TITLE, distribution.title or self.entry.title)
        self._add(service, _ENDPOINT, _term(url))

    def _licence(self, node: bytes) -> None:
        url = link(self.entry.licence)
        if url:
            self._add(node, _LICENCE, _term(url))
            return
        self._add(node, _LICENCE, b"_:licence")
        self._types(b"_:licence", _A_LICENCE)
        self._text(b"_:licence", _LABEL, self.entry.licence)

    # Statements

    def _add(self, subject: bytes, predicate: bytes, object_: bytes) -> None:
        self.lines.append(b"%b %b %b .\n" % (subject, predicate, object_))

    def _text(self, subject: bytes, predicate: bytes, text: str) -> None:
        if text:
            self._add(subject, predicate, literal(text, language=self.entry.language))

    def _types(self, subject: bytes, *types: bytes) -> None:
        for type_ in types:
            self._add(subject, _TYPE, type_)

    def _address(self, subject: bytes, predicate: bytes, address: str) -> None:
        good = mended(address)
        if good:
            self._add(subject, predicate, _term(good))

    def _link(self, subject: bytes, predicate: bytes, address: str) -> None:
        url = link(address)
        if url:
            self._add(subject, predicate, _term(url))
        else:
            self._note("unusable-address", address)

    def _unknown(self, predicate: bytes, what: str, words: Iterable[str]) -> None:
        for word in words:
            self._add(_D, predicate, literal(word))
            self._note(f"unknown-{what}", word)

    def _note(self, rule: str, value: str) -> None:
        self.entry.notes.append(f"{rule}: {value[:80]}")


def _moment(iso: str) -> bytes:
    return _plain(iso, _INSTANT if "T" in iso else _DATE)


def _plain(digits: str, datatype: bytes) -> bytes:
    """A literal of ASCII that needs no escape."""
    return b'"%b"^^%b' % (digits.encode(), datatype)
