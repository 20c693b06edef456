"""Adds the chains of the Chinese world to annotation/bodies.txt, the names of bodies that every reader knows.

    npm pack name-suggestion-index@8.0.20260918
    python tests/benchmarks/make_bodies.py name-suggestion-index-8.0.20260918.tgz

The name-suggestion-index (BSD-3-Clause) lists what shops, restaurants and hotels of a chain are called, and where.
Taken are names of three characters and more, in Simplified characters, of chains that are at home in China. Left out:
those with a last word that says what they are, which the grammars find (银行, 公司), and those that are plain words.
All other names of the list we wrote down ourselves, from what everybody knows, with their kinds (annotation/bodies.py);
those stay as they are.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "annotation" / "bodies.txt"
HOME = frozenset(("cn", "hk", "mo", "tw"))
TREE = re.compile(r"brands/(?:shop|amenity/(?:restaurant|fast_food|cafe|ice_cream|pharmacy|cinema)|tourism/hotel)")
KEYS = ("brand", "brand:zh", "name", "name:zh")
HAN = re.compile(r"[\u4e00-\u9fff]{3,8}")
SAID = re.compile(
    r"(?:银行|公司|集团|集團|学校|超市|超级市场|便利店|书店|酒店|饭店|百货|影城|药局|药房|加油站|食品|企业|汽车|书局|书馆|关系事业|麻辣烫|火锅|[发自]|建设|餐厅|量贩|机车)$"
)
_PLAIN = """
三顾茅庐 百老汇 小拇指 得来素 余仁生 松本清 泸溪河 巴依老爷 叶露芝 马可先生 鱼中鱼 中国体育彩票
中国福利彩票 玛格利塔 日本城 时间廊 健康工房 城市绿洲 微笑时刻 彩色熊猫 地球村 眼镜市场 再睡五分钟
三分春色 能量小姐 强尼兄弟 贵族世家 售票处 东海岸 马拉松 李先生 幸福堂 年青人眼镜 四海游龙 非常泰
那年遇见串串 先喝道 今生金饰 百姓量贩 健身工厂 一粥面 快乐小羊 早安美芝城 歇脚亭 坚果奶茶 亚马逊咖啡
东方宫 东方冷库 甘茶度 本宫的茶 多福饺 粉之都 顶呱呱 茶星人 甲文青 点睛品 衣博士 价真栈 太平洋酒吧
一沐日 金玉堂 长申国际购物广场 诺贝尔图书城 万达广场 老曾记
"""
WORDS = frozenset(_PLAIN.split())


def names(archive: Path) -> Iterator[str]:
    """The names that are taken."""
    import opencc

    simplified = opencc.OpenCC("t2s")
    with tarfile.open(archive) as opened:
        file = opened.extractfile("package/dist/json/nsi.min.json")
        assert file is not None
        trees = json.load(file)["nsi"]
    for tree, held in trees.items():
        for item in held["items"] if TREE.match(tree) else ():
            places = [str(place)[:2] for place in item.get("locationSet", {}).get("include", ())]
            if places and HOME.issuperset(places):
                for name in (simplified.convert(item["tags"].get(key, "")) for key in KEYS):
                    if HAN.fullmatch(name) and not SAID.search(name) and name not in WORDS:
                        yield name


if __name__ == "__main__":
    lines = OUTPUT.read_text("utf-8").splitlines()
    known = {line.partition("\t")[0]: line for line in lines}
    for name in names(Path(sys.argv[1])):
        known.setdefault(name, name)
    OUTPUT.write_text("".join(f"{known[name]}\n" for name in sorted(known)), "utf-8")
