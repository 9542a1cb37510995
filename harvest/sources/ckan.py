"""
A CKAN portal by its action API: https://docs.ckan.org/en/2.11/api/

`package_search` in pages, sorted so that a page never moves while it is read; where a portal has none, or refuses it,
`package_list` and each `package_show`.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from harvest.errors import Refused, SourceFailed
from harvest.fetch import Question
from harvest.mapping.ckan import is_public, package
from harvest.mapping.made import text
from harvest.record import Ended, Incoming, OnlyChanges, Said
from harvest.sources.each import mapped
from harvest.sources.json_document import loaded
from harvest.sources.visit import Visit, cut

ROWS = 100
"""Portals give at most 1,000; a hundred packages are a megabyte."""
_SORT = "metadata_modified asc, id asc"
_SITE = re.compile(r"^(https?://[^?#]*?)(?:/api(?:/\d+)?(?:/.*)?|/dataset(?:/.*)?|/(?:index\.html)?)?(?:[?#].*)?$")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]{5,18}Z?)?", re.ASCII)
"""What may stand in a question to Solr; anything else would spoil every question that follows."""
_JSON = Question("application/json")


class CkanSource:
    """`location` is the portal's address, that of its API or of its `package_search`."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        match = _SITE.match(visit.location)
        self._site = match[1].rstrip("/") if match else ""
        self.name = urlsplit(visit.location).hostname or visit.location
        self._newest = visit.memory.since

    def records(self) -> Iterator[Said]:
        """
        One record a package. With a time in the memory only what changed since then is asked for, deleted and private
        packages among it; what the portal dropped from its search is found by a run that reads everything.
        """
        if not self._visit.is_remote:
            yield from self._of_file()
            return
        since = self._visit.memory.since
        if since:
            yield OnlyChanges()
        for number, found in enumerate(self._packages(since), 1):
            said = self._said(found, f"package {number}")
            if said is not None:
                yield said
        self._visit.memory.since = self._newest

    def _of_file(self) -> Iterator[Said]:
        """An answer that somebody kept, or a package alone."""
        tree, _ = loaded(self._visit.first())
        result = tree.get("result", tree) if isinstance(tree, dict) else tree
        found = result.get("results", [result]) if isinstance(result, dict) else result
        listed = found if isinstance(found, list) else []
        if len(listed) == 1 and isinstance(listed[0], list):
            listed = listed[0]  # DKAN wraps its list in another
        for number, each in enumerate(listed, 1):
            said = self._said(each, f"package {number}")
            if said is not None:
                yield said

    def _said(self, found: Any, position: str) -> Said | None:
        if isinstance(found, dict):
            modified = text(found.get("metadata_modified"))
            if _INSTANT.fullmatch(modified):
                self._newest = max(self._newest, modified)
            if not is_public(found):
                return Ended(text(found.get("id")) or text(found.get("name")))
        said = mapped(found, position, lambda each: package(each, self._site))
        if isinstance(said, Incoming) and not said.key:
            return None
        return said

    def _packages(self, since: str) -> Iterator[Any]:
        try:
            first = self._search(0, since)
        except Refused:
            raise
        except SourceFailed:
            if since:
                raise
            yield from self._listed()
            return
        given = 0
        page = first
        while True:
            results = page.get("results")
            found = results if isinstance(results, list) else []
            total = page.get("count") if isinstance(page.get("count"), int) else None
            yield from found
            given += len(found)
            if not found or (total is not None and given >= total):
                break
            page = self._search(given, since)
            if page.get("results") == found:
                raise SourceFailed(
                    "CKAN 的分页没有前进（start 参数无效），其余未读。",
                    "The pages of this CKAN stand still (it does not heed start); the rest is left.",
                )
        if total is not None and given < total:
            raise cut(total, given)

    def _search(self, start: int, since: str) -> dict[str, Any]:
        asked = {"q": "*:*", "rows": ROWS, "start": start, "sort": _SORT}
        if since:
            asked["fq"] = f"metadata_modified:[{_solr_instant(since)} TO *]"
        result = self._action("package_search", asked)
        if not isinstance(result, dict):
            raise _no_ckan(self._visit.location)
        return result

    def _listed(self) -> Iterator[Any]:
        names = self._action("package_list", {})
        if not isinstance(names, list):
            raise _no_ckan(self._visit.location)
        failed = 0
        for name in dict.fromkeys(text(each) for each in names):
            try:
                yield self._action("package_show", {"id": name})
            except Refused:
                raise
            except SourceFailed:
                failed += 1  # one package that a portal can't show spoils no other
        if failed:
            raise SourceFailed(
                f"有 {failed} 条数据集的 package_show 无法读取；其余已读。",
                f"{failed} packages could not be read by package_show; the others were.",
            )

    def _action(self, name: str, parameters: dict[str, Any]) -> Any:
        query = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
        with self._visit.page(f"{self._site}/api/3/action/{name}{query}", _JSON) as document:
            tree, _ = loaded(document)
        if not isinstance(tree, dict) or tree.get("success") is not True:
            raise _no_ckan(self._visit.location)
        return tree.get("result")


def _solr_instant(at: str) -> str:
    """CKAN writes UTC without saying so; Solr wants it said."""
    return re.sub(r"[^0-9TZ:.-]", "", at).rstrip("Z") + "Z"


def _no_ckan(location: str) -> SourceFailed:
    return SourceFailed(
        f"{location} 没有按 CKAN 接口（/api/3/action）应答。请检查地址，或用 --as 指明其他格式。",
        f"{location} does not answer as CKAN's API (/api/3/action). Check the address, or say another dialect by --as.",
    )
