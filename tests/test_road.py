"""The whole road with its real parts, as a user walks it: pages in, a person's correction in the dataset."""

import json
import subprocess
import sys

import pytest
from datasets import load_dataset

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import latest
from annotation.project import require_project
from annotation.tasks import Region, result

pytestmark = pytest.mark.slow

ARTICLE = (
    "11月20日，云州市发展和改革委员会召开新闻发布会，介绍智慧物流枢纽建设情况。市发改委副主任林远舟表示，"
    "枢纽选址澄湖区柳溪街道，占地约3200亩，总投资达48.6亿元，其中一期投资12亿元。\n"
    "项目由青禾物流有限公司与北岭大学联合建设，明年3月开工，建成后全市物流成本预计下降2.4个百分点。"
    "青禾物流董事长沈若水介绍，企业已在云州、临浦两地布局6座仓库，去年营业收入同比增长18%。\n"
)
PAGE = f"首页 > 新闻 > 财经\n云州市三年内建成智慧物流枢纽\n{ARTICLE}上一篇：没有了\n"
HTML = """<!DOCTYPE html><html><head><title>澄湖区今年修缮老街</title></head><body>
<p>12月1日，澄湖区住房和城乡建设局表示，
今年投入3.2亿元修缮柳溪老街，工程由北岭建筑集团承担，明年5月完工。老街全长1.8公里，沿街有商铺三百多家。</p>
<p>北岭建筑集团项目经理周牧野介绍，施工期间商铺照常营业，完工后客流量预计增长20%。</p></body></html>"""


def jiaozhu(desk, *arguments):
    """Run the command as a user does, and return what it prints with `--json`."""
    command = [sys.executable, "-m", "jiaozhu", "--config", str(desk.config), *arguments, "--json"]
    done = subprocess.run(command, cwd=desk.workspace.root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def correct(desk) -> None:
    """Leave the suggestions as they are, save that every MONEY loses its last character, and 林远舟 is drawn as ORG."""
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        for task in client.tasks.list(project=project.id, fields="all", include="id,data,predictions"):
            [shown] = task.predictions
            regions = [
                Region(item["id"], item["value"]["start"], item["value"]["end"], item["value"]["labels"][0])
                for item in shown.result
            ]
            changed = [
                Region(item.id, item.start, item.end - 1, item.label) if item.label == "MONEY" else item
                for item in regions
                if task.data["text"][item.start : item.end] != "林远舟"
            ]
            if (start := task.data["text"].find("林远舟")) >= 0:
                changed.append(Region("drawn", start, start + 3, "ORG"))
            drawn = [result(region, "", "manual") for region in changed]
            client.annotations.create(task.id, result=drawn, parent_prediction=shown.id, lead_time=5.0)


def test_a_correction_made_in_label_studio_is_in_the_dataset_with_its_place_on_the_raw_page(label_studio, desk):
    root = desk.workspace.root
    pages = root / "pages"
    pages.mkdir()
    (pages / "a.txt").write_text(PAGE, "utf-8")
    (pages / "b.html").write_text(HTML, "utf-8")
    jiaozhu(desk, "corpus", "build")
    jiaozhu(desk, "annotation", "preannotate")
    assert jiaozhu(desk, "annotation", "push")["pushed"] == 2
    correct(desk)
    assert jiaozhu(desk, "annotation", "pull")["added"] == {"submitted": 2}
    jiaozhu(desk, "exports", "build")
    jiaozhu(desk, "exports", "verify")

    cache = str(root / "cache")
    pages = load_dataset(str(desk.workspace.corpus), "pages", split="train", cache_dir=cache)
    raw = {row["doc_id"]: row["raw"] for row in pages}
    decided = {record.doc_id: record for record in latest(desk.records)}
    money = [span for record in decided.values() for span in record.spans if span.label == "MONEY"]
    assert {(span.text, span.verdict) for span in money} >= {("48.6亿", "moved"), ("3.2亿", "moved")}
    for record in decided.values():
        for span in record.spans:
            assert raw[record.doc_id][span.raw_start : span.raw_end] == span.text
    published = {
        (entity["label"], entity["text"])
        for split in load_dataset(str(desk.workspace.exports), cache_dir=cache).values()
        for row in split
        for entity in row["entities"]
    }
    assert {("MONEY", "48.6亿"), ("MONEY", "3.2亿"), ("ORG", "林远舟")} <= published
    assert published == {(span.label, span.text) for record in decided.values() for span in record.spans}
