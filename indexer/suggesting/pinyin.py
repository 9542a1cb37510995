"""How a phrase is read aloud, and whether letters and characters that were typed are a way to write it."""

import re
from functools import cache
from itertools import islice
from typing import Any

from indexer.analysis.splitting import is_cjk, runs

_PINYIN = re.compile("[a-z]+").fullmatch
_DOUBLE_INITIALS = ("zh", "ch", "sh")
_LONGEST = 6
_MAX_WAYS = 12

# Every syllable of standard Chinese without its tone, ü as v.
_ALL = (
    "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen "
    "ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci "
    "cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du "
    "duan dui dun duo e ei en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong "
    "gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang "
    "hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken "
    "keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie "
    "lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min "
    "ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan "
    "nun nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang "
    "qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa "
    "sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan "
    "shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong "
    "tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu "
    "xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng "
    "zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi "
    "zong zou zu zuan zui zun zuo "
)
_SYLLABLES = frozenset(_ALL.split())
_BEGINNINGS = frozenset(syllable[:size] for syllable in _SYLLABLES for size in range(2, len(syllable)))


@cache
def _lazy_pinyin() -> Any:
    """pypinyin with its tables: 0.3 s at first use, which is when something is indexed or a typo looked for."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin


def units(folded: str) -> list[str]:
    """The pieces of a phrase that are read one by one: each character, each code or word of letters whole."""
    found: list[str] = []
    for run in runs(folded):
        if is_cjk(run):
            found += run
        else:
            found.append(run)
    return found


def reading(words: list[str]) -> list[str]:
    """Each unit of some words as it is read; what has no reading in pinyin stands for itself."""
    found: list[str] = []
    for word in words:
        if not is_cjk(word):
            found += units(word)
            continue
        read = _lazy_pinyin()(word)
        found += read if len(read) == len(word) else list(word)
    return found


def initials(read: list[str]) -> str:
    return "".join([syllable[0] for syllable in read])


def ways_to_read(letters: str) -> list[str]:
    """
    The first letters of the syllables that `letters` may be made of, longest syllables first: gongjj → gjj. At most
    twelve, of two syllables or more: one syllable is found by its letters.
    """
    ways: list[dict[str, None]] = [{} for _ in letters] + [{"": None}]
    for at in reversed(range(len(letters))):
        here = ways[at]
        for size in range(min(_LONGEST, len(letters) - at), 1, -1):
            if letters[at : at + size] in _SYLLABLES:
                here.update((letters[at] + rest, None) for rest in ways[at + size])
        if letters[at:] in _BEGINNINGS:
            here[letters[at]] = None
        if letters[at] not in "iuv":
            here.update((letters[at] + rest, None) for rest in ways[at + 1])
        ways[at] = dict(islice(here.items(), _MAX_WAYS))
    return [way for way in ways[0] if len(way) > 1]


def reads(texts: list[str], read: list[str], typed: str) -> int:
    """
    With how many of a phrase's units `typed` is a way to begin it, 0 when it is none. Each unit may be written out,
    in letters, or by its first letter; the last may be unfinished.
    """
    best = 0
    open_ends, seen = [(0, 0)], {(0, 0)}
    while open_ends:
        unit, at = open_ends.pop()
        if at == len(typed):
            best = max(best, unit)
            continue
        if unit == len(texts):
            continue
        text, said = texts[unit], read[unit]
        rest = typed[at:]
        if text.startswith(rest) or said.startswith(rest):
            best = max(best, unit + 1)
        sizes = {len(way) for way in (text, said, said[:1]) if rest.startswith(way)}
        if said[:2] in _DOUBLE_INITIALS and rest.startswith(said[:2]):
            sizes.add(2)
        further = {(unit + 1, at + size) for size in sizes if size} - seen
        open_ends += further
        seen |= further
    return best


def is_letters(text: str) -> bool:
    return _PINYIN(text) is not None
