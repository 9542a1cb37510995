"""The floor of the search page: a Jinja page of twenty constant results on the same web server."""

from flask import Flask

PAGE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<main><h1>{{ title }}</h1><ol>{% for row in rows %}<li><article><h2><a href="/dataset/{{ row.id }}">{{ row.title }}</a></h2>
<p>{{ row.summary }}</p><p>{{ row.publisher }} · {{ row.modified }}</p>
<ul>{% for format in row.formats %}<li>{{ format }}</li>{% endfor %}</ul></article></li>{% endfor %}</ol></main></body></html>"""

ROWS = [
    {
        "id": f"constant{number}",
        "title": f"天河区公共停车场信息（第{number}号）",
        "summary": "本数据集由广州市交通运输局采集和整理，反映公共停车场的名称、地址、泊位数量和收费标准等情况，供公众查询。"
        * 2,
        "publisher": "广州市交通运输局",
        "modified": "2026-11-01",
        "formats": ["CSV", "JSON", "XLSX"],
    }
    for number in range(20)
]


def create_app() -> Flask:
    app = Flask(__name__)
    template = app.jinja_env.from_string(PAGE)  # compiled once, as a template in a file is

    @app.get("/")
    def constant() -> str:
        return template.render(title="数据集", rows=ROWS)

    return app
