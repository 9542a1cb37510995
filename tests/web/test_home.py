"""The first page: its figures are those that lists behind it count."""

import re

from flask.testing import FlaskClient


def test_datasets_with_an_api_are_counted_as_their_facet_counts_them(client: FlaskClient) -> None:
    facet = client.get("/api/search?size=0").get_json()["facets"].get("format", [])
    expected = next((value["count"] for value in facet if value["value"] == "api"), 0)
    shown = re.search(r"<dt>有接口的数据集</dt><dd>([\d,]+)</dd>", client.get("/").text)
    assert shown is not None
    assert int(shown[1].replace(",", "")) == expected
