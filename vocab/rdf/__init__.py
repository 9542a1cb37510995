"""
RDF documents in and out, in every syntax. The only package here that knows the parser.

In: `to_ntriples` gives canonical N-Triples of whatever can be read. pyoxigraph reads first; what it refuses goes to
rdflib. IRIs that RDF does not allow are mended or their statement is dropped, with a note; nothing is ever fetched.
Out: `serialize` for one graph, `write` for a whole catalogue in constant memory.
"""

from vocab.document import ParsedDocument
from vocab.errors import RdfError
from vocab.notes import Kind, Note
from vocab.rdf.parser import quads
from vocab.rdf.reading import NO_BASE, to_ntriples
from vocab.rdf.writing import serialize, write
from vocab.syntax import Format, guess

__all__ = [
    "NO_BASE",
    "Format",
    "Kind",
    "Note",
    "ParsedDocument",
    "RdfError",
    "guess",
    "quads",
    "serialize",
    "to_ntriples",
    "write",
]
