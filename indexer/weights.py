"""
What makes one record rank above another, the same for every backend: all weights are here.

Each names the kinds of judged query (`python -m benchmarks.relevance`) that it was set by. Around these values the
measures are flat: half or twice of any one costs 0.01 nDCG or less, so none is fitted to a query.
"""

WEIGHTS = {"title": 4.0, "keywords": 2.0, "about": 1.0, "description": 0.5}
"""
Of a word's BM25 score in each field; `about` is publisher, place and data items. Keyword queries: summaries and lists
of columns name much that a record is not about (停车场 in a list of offences).
"""

TITLE_PAIR = 6.0
"""Of the score of a pair of characters in a title, however its words are cut. Keyword queries (养老院)."""

PAIR_ACROSS = 2.5
"""Of a pair that stands across two words, anywhere: it tells a phrase from its words. Known items; 台北捷运客流."""

INSIDE = 0.3
"""Of a shorter word within a word that was asked for, where any piece will do."""

LENGTH = 0.5
"""
How far a long name is brought down to the short one that was typed: as a root of the ratio of their lengths. Script
and synonyms: without it 不可移动文物 of any city goes before the 古迹 of the city that was named; in full, GDP loses.
"""

ALL_WORDS = 40.0
"""Added where a record has every word. Queries of several words: 合肥 人才 补贴; twice as much buries 残疾人补贴."""

PLACE = 60.0
"""Added where a record has the place that was named beside a subject. 台南古迹: right of another place is wrong."""

COLUMN = 100.0
"""Added where a record has the columns that were asked for, wherever it says so. Field queries: 经纬度 停车场."""

EXACT_TITLE = 10_000.0
IDENTIFIER = 20_000.0
"""Added where a record is what was named. Known items: above all that words can add."""

QUALITY = 0.008
POPULARITY = 0.02
"""
Of a record's whole score, what it gains when it is described completely, and when it is used a million times. Among
records that say the same (公积金 of thirty cities) the better described comes first. As little as this already turns
two near ties among the judged (路灯, 托婴中心: 0.001 nDCG of all) and wins one (xzxk); twice as much turns more.
"""

FRESH = 3.0
"""
Added where a record was updated when it said it would be: half of what one pair of a title brings that every tenth
record has. The judged records are of 2023 and before, so no judged query moves; of twins the one kept up is first.
"""

MAX_WORDS = 24
"""Of a pasted text, the first words; the rest would cost more than it finds."""

MAX_INSTEAD = 24
"""Of other words for the words of a question, the first."""
