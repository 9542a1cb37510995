"""
A generated Chinese catalogue: the same entries on every machine for a seed and a size.

About forty triples an entry: titles and summaries of real lengths, a publisher, a contact and a period as blank
nodes, themes, two distributions and four data items. The words are invented for benchmarks, not taken from a portal.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED = 20261123

PLACES = (
    "荔湾区",
    "越秀区",
    "海珠区",
    "天河区",
    "白云区",
    "黄埔区",
    "番禺区",
    "花都区",
    "南沙区",
    "从化区",
    "增城区",
    "广州市",
)
SUBJECTS = (
    "住房公积金缴存", "学校基本情况", "医疗机构名录", "公交线路站点", "地铁客流统计", "空气质量监测", "企业信用评价", "行政处罚决定",
    "行政许可结果", "建筑工程施工许可", "不动产登记", "食品经营许可", "药品零售企业", "公共停车场", "公园绿地分布", "水库水位",
    "降雨量观测", "财政预算收支", "社会保险参保", "最低生活保障对象统计", "养老机构", "图书馆藏书", "博物馆展览", "体育场馆",
    "旅游景区接待", "农产品价格", "渔业船舶登记", "进出口贸易额", "专利授权", "招标投标公告", "消防安全检查", "维修资金使用",
    "流动人口登记统计", "婚姻登记统计", "疫苗接种点", "残疾人服务机构", "知识产权服务", "港口吞吐量", "道路运输企业", "供水水质",
)  # fmt: skip
KINDS = ("信息", "数据", "名录", "统计表", "明细", "目录", "一览表", "汇总")
AGENCIES = tuple(
    f"广州市{name}" for name in (
        "教育局", "卫生健康委员会", "交通运输局", "生态环境局", "市场监督管理局", "人力资源和社会保障局", "规划和自然资源局", "民政局",
        "财政局", "水务局", "农业农村局", "商务局", "文化广电旅游局", "应急管理局", "统计局", "林业和园林局", "公安局", "司法局",
        "住房和城乡建设局", "医疗保障局", "体育局", "港务局", "城市管理和综合执法局", "政务服务和数据管理局",
    )
)  # fmt: skip
THEMES = ("xinyong", "yiliao", "shebao", "gongan", "chengjian", "jiaotong", "jiaoyu", "keji", "ziyuan", "shengtai")
EU_THEMES = ("ECON", "HEAL", "SOCI", "JUST", "REGI", "TRAN", "EDUC", "TECH", "ENVI", "ENVI")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL", "IRREG")
FORMATS = (("CSV", "text/csv"), ("JSON", "application/json"), ("XLSX", "application/vnd.ms-excel"), ("XML", "text/xml"))
ITEMS = ("名称", "地址", "联系电话", "统计年份", "数量", "金额", "经度", "纬度", "行政区划", "更新时间", "状态", "备注")

_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DCT = "http://purl.org/dc/terms/"
_DCAT = "http://www.w3.org/ns/dcat#"
_EU = "http://publications.europa.eu/resource/authority"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CSVW = "http://www.w3.org/ns/csvw#"
_VCARD = "http://www.w3.org/2006/vcard/ns#"


def title(number: int) -> str:
    """Return the title of entry `number`; unique, because it ends in the number."""
    rng = random.Random(SEED * 7 + number)
    return f"{rng.choice(PLACES)}{rng.choice(SUBJECTS)}{rng.choice(KINDS)}（{2015 + number % 11}年第{number}号）"


def texts(number: int) -> dict[str, Any]:
    """Return what entry `number` says in words: title, publisher, items, keywords, description."""
    rng = random.Random(SEED * 13 + number)
    name, agency = title(number), rng.choice(AGENCIES)
    items = rng.sample(ITEMS, 4)
    summary = (
        f"本数据集由{agency}按照职责采集和整理，反映{name}的有关情况，包括{'、'.join(items)}等内容，"
        f"供公众查询、研究机构分析和企业开发利用，数据经脱敏处理后发布。"
    )
    keywords = rng.sample(SUBJECTS, 3)
    return {"title": name, "publisher": agency, "items": items, "keywords": keywords, "description": summary}


def entry(number: int) -> str:
    """Return entry `number` as N-Triples lines."""
    rng = random.Random(SEED * 17 + number)
    ds = f"<https://bench.example/dataset/{number}>"
    said = texts(number)
    name, agency, items, summary = said["title"], said["publisher"], said["items"], said["description"]
    theme = rng.randrange(len(THEMES))
    day = f"20{15 + number % 11:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    lines = [
        f"{ds} {_A} <{_DCAT}Dataset> .",
        f'{ds} <{_DCT}title> "{name}"@zh-Hans .',
        f'{ds} <{_DCT}description> "{summary}"@zh-Hans .',
        f'{ds} <{_DCT}identifier> "BENCH-{number:07d}" .',
        f"{ds} <{_DCT}publisher> _:p{number} .",
        f"_:p{number} {_A} <http://xmlns.com/foaf/0.1/Agent> .",
        f'_:p{number} <http://xmlns.com/foaf/0.1/name> "{agency}"@zh-Hans .',
        f"{ds} <{_DCAT}contactPoint> _:c{number} .",
        f"_:c{number} {_A} <{_VCARD}Organization> .",
        f'_:c{number} <{_VCARD}fn> "{agency}"@zh-Hans .',
        f"_:c{number} <{_VCARD}hasTelephone> <tel:020-0000{number % 10000:04d}> .",
        f"{ds} <{_DCAT}theme> <https://w3id.org/suishu/scheme/theme/{THEMES[theme]}> .",
        f"{ds} <{_DCAT}theme> <{_EU}/data-theme/{EU_THEMES[theme]}> .",
        f"{ds} <{_DCT}accessRights> <{_EU}/access-right/PUBLIC> .",
        f"{ds} <{_DCT}accrualPeriodicity> <{_EU}/frequency/{rng.choice(FREQUENCIES)}> .",
        f'{ds} <{_DCT}issued> "{day}"^^<{_XSD}date> .',
        f'{ds} <{_DCT}modified> "{day}"^^<{_XSD}date> .',
        f"{ds} <{_DCT}spatial> <https://w3id.org/suishu/scheme/district/4401{rng.choice((3, 4, 5, 6, 11, 12, 13, 14)):02d}> .",
        f"{ds} <{_CSVW}tableSchema> _:s{number} .",
    ]
    lines += [f'{ds} <{_DCAT}keyword> "{word}"@zh-Hans .' for word in said["keywords"]]
    for place, item in enumerate(items):
        lines.append(f"_:s{number} <{_CSVW}column> _:i{number}x{place} .")
        lines.append(f'_:i{number}x{place} <{_CSVW}name> "{item}" .')
    for place, (ext, media) in enumerate(rng.sample(FORMATS, 2)):
        part = f"<https://bench.example/dataset/{number}/file{place}>"
        lines += [
            f"{ds} <{_DCAT}distribution> {part} .",
            f"{part} {_A} <{_DCAT}Distribution> .",
            f"{part} <{_DCAT}downloadURL> <https://bench.example/files/{number}.{ext.lower()}> .",
            f"{part} <{_DCT}format> <{_EU}/file-type/{ext}> .",
            f"{part} <{_DCAT}mediaType> <http://www.iana.org/assignments/media-types/{media}> .",
        ]
    return "\n".join(lines) + "\n"


def entries(size: int) -> Iterator[str]:
    return map(entry, range(size))


def write(path: Path, size: int) -> Path:
    """Write a catalogue of `size` entries as N-Triples and return its path."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(entries(size))
    return path
