"""
The mapping screen: a document comes in by upload or address, its columns and codes are guessed, shown beside its
records, corrected, tried, and kept as YAML.
"""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, request

from app.catalogue.model import SourceKind
from app.errors import Busy, Invalid, NotFound
from app.harvesting.mapping.drafts import Draft
from app.harvesting.mapping.model import MAX_BYTES, Look, Preview
from app.harvesting.mapping.service import FIELDS
from app.pages.operator.words import field_names, place, reason, state
from app.pages.portal import portal
from app.web import language, operator
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import OPERATOR_PATH, takes
from app.web.permissions import operator as operators
from app.web.problems import status_of
from harvest.mapping.meanings import SCHEMES, How
from vocab import codelists

blueprint = Blueprint("operator_mapping", __name__)

PATH = f"{OPERATOR_PATH}/mapping"
_OVERHEAD_BYTES = 1_000_000
_MAX_FORM_BYTES = 2_000_000
_SHOWN_CODES = 100
_SURE, _LIKELY = 0.85, 0.6


@blueprint.get(PATH)
@operators
def start() -> Response:
    return _start()


@blueprint.post(PATH)
@operators
@takes(MAX_BYTES + _OVERHEAD_BYTES)
def take() -> Response:
    """A file or an address becomes a draft."""
    sent, address = request.files.get("file"), request.form.get("address", "").strip()
    try:
        if sent is not None and sent.filename:
            with tempfile.NamedTemporaryFile(prefix="suishu-upload-") as file:
                sent.save(file)
                file.flush()
                draft = portal().mapping.of_upload(sent.filename, Path(file.name))
        elif address:
            draft = portal().mapping.of_address(address)
        else:
            return _start(400, _("请选择文件，或填写地址。"))
    except (Invalid, Busy) as error:
        return _start(status_of(error), language.said(error))
    return _to(draft)


@blueprint.post(f"{OPERATOR_PATH}/source/<id_>/mapping")
@operators
def mend(id_: str) -> Response:
    """A draft of a source's mapping, with one of its refused records among the samples."""
    try:
        return _to(portal().mapping.of_source(id_, request.form.get("record", "")))
    except (Invalid, Busy, NotFound) as error:
        return _start(status_of(error), language.said(error))


@blueprint.get(f"{PATH}/<id_>")
@operators
def show(id_: str) -> Response:
    return _show(portal().mapping.draft(id_), trial=request.args.get("trial", ""))


@blueprint.post(f"{PATH}/<id_>")
@operators
@takes(_MAX_FORM_BYTES)
def correct(id_: str) -> Response:
    """What was corrected, in the form or as YAML; then the same page again."""
    mapping = portal().mapping
    draft = mapping.draft(id_)
    form = request.form
    try:
        if "yaml" in form:
            mapping.say(draft, form["yaml"].replace("\r\n", "\n"))
        else:
            look = mapping.look(draft)
            fields = [form.get(f"field-{place}", each.field) for place, each in enumerate(look.headings)]
            codes = zip(form.getlist("code_field"), form.getlist("code"), form.getlist("means"), strict=False)
            mapping.correct(draft, look, fields, list(codes), form)
    except (Invalid, Busy) as error:
        return _show(draft, status=status_of(error), error=language.said(error), text=form.get("yaml", ""))
    return see_other(f"{PATH}/{draft.id}?said=1")


@blueprint.post(f"{PATH}/<id_>/save")
@operators
def save(id_: str) -> Response:
    mapping = portal().mapping
    draft = mapping.draft(id_)
    kind = SourceKind.OWN if request.form.get("kind") == "own" else SourceKind.FEDERATED
    try:
        source = mapping.save(
            draft,
            title=request.form.get("title", "")[:200],
            id_=request.form.get("id", "")[:200],
            kind=kind,
            actor=operator.current().actor,
        )
    except (Invalid, Busy) as error:
        return _show(draft, status=status_of(error), error=language.said(error))
    return see_other(f"{PATH}?saved={source.id}")


def _start(status: int = 200, error: str = "") -> Response:
    sources = [each for each in portal().harvesting.sources() if each.dialect in ("table", "portal-json", "")]
    saved = next((each for each in sources if each.id == request.args.get("saved")), None)
    return page(
        "operator/mapping_start.html",
        status=status,
        error=error,
        sources=sources,
        saved=saved,
        max_mb=MAX_BYTES // 1_000_000,
    )


def _show(draft: Draft, *, trial: str = "", status: int = 200, error: str = "", text: str = "") -> Response:
    mapping = portal().mapping
    look: Look | None = None
    preview: Preview | None = None
    try:
        look = mapping.look(draft)
        if trial in ("own", "federated"):
            preview = mapping.preview(draft, own=trial == "own")
    except (Invalid, Busy) as failure:
        status, error = max(status, status_of(failure)), error or language.said(failure)
    source = portal().harvesting.source(draft.source_id) if draft.source_id else None
    codes = look.codes if look else []
    names = field_names()
    return page(
        "operator/mapping.html",
        status=status,
        error=error,
        saved="said" in request.args,
        draft=draft,
        source=source,
        look=look,
        names={field: names.get(field, field) for field in FIELDS},
        reason=reason,
        place=place,
        sureness=_sureness,
        open_codes=[code for code in codes if code.how is not How.KNOWN][:_SHOWN_CODES],
        known_codes=[code for code in codes if code.how is How.KNOWN],
        left=max(0, sum(code.how is not How.KNOWN for code in codes) - _SHOWN_CODES) + (look.codes_left if look else 0),
        lists={field: _labels(field) for field in dict.fromkeys(code.field for code in codes)},
        text=text or mapping.mapping(draft),
        trial=trial,
        preview=preview,
        state=state,
    )


def _sureness(confidence: float) -> str:
    if confidence >= _SURE:
        return "sure"
    return "likely" if confidence >= _LIKELY else "doubtful"


def _labels(field: str) -> list[str]:
    """What may be written for a code of a field: what the code lists call it."""
    tag = "zh-Hans"
    return list(dict.fromkeys(each.label(tag) for name in SCHEMES.get(field, ()) for each in codelists.scheme(name)))


def _to(draft: Draft) -> Response:
    return see_other(f"{PATH}/{draft.id}")
