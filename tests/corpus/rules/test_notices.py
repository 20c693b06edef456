"""Copyright and reprint notices go; news about copyright, licences and liability stays."""

import pytest

from corpus.rules.notices import notice


@pytest.mark.parametrize(
    "text",
    [
        "版权声明：本文由示例园区招商网整理发布，转载须注明出处。部分文章来自互联网，若有侵权请与我们联系",
        "版权所有: 半岛快讯网 All Rights Reserved",
        "Copyright © 2010-2024 某某网 版权所有",
        "(C) 2024 example.com",
        "鲁ICP备00000000号-1 网上传播视听节目许可证0000000 互联网新闻信息服务许可证00000000000",
        "鄂公网安备 00000000000000号",
        "网站标识码：3700000000",
        "主办单位：某某市人民政府办公室",
        "通讯地址:山东省青岛市示例路1号  邮编:000000",
        "技术支持:某某信息网络有限公司",
        "免责声明：市场有风险，投资需谨慎。",
        "（本文仅供参考，不构成投资建议）",
        "声明：该文观点仅代表作者本人，搜狐号系信息发布平台，搜狐仅提供信息存储空间服务。",
        "声明:本文由网友上传,版权归原作者所有,转载请注明出处,本文地址:http://fanwen.example.com/a/0000.html",
        "本文链接:http://zibo.example.com/index.php/post/1024.html",
        "本文系本报原创，未经授权不得转载",
        "未经许可，严禁转载",
        "转载自：新华网",
        "图片来自网络，如有侵权请联系删除",
        "本网所有内容仅代表作者观点",
        "违法和不良信息举报电话：0531-00000000",
        "关于我们 | 广告服务 | 联系我们 | 法律顾问",
        "建议使用1024*768分辨率IE8.0以上浏览器",
        "郑重声明：本文版权归原作者所有，转载文章仅为传播更多信息之目的，如作者信息标记有误，请第一时间联系我们修改或删除，多谢。",
    ],
)
def test_notices_are_recognised(line, text):
    assert notice(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "法院认定被告的侵权行为成立，判令其赔偿经济损失20万元。",
        "版权保护意识不断增强",
        "数字版权交易额突破百亿元",
        "版权归属问题引发争议。",
        "该企业取得药品生产许可证，计划年内投产。",
        "许可证审批时间压缩一半",
        "全国首张数字营业执照和许可证发出",
        "活动由市文旅局主办，市文化馆承办。",
        "专家提醒，投资有风险，入市需谨慎。",
        "他表示，该报告不代表公司观点。",
        "这家网站的备案信息显示，主体为一家文化公司。",
        "警方介绍，如有线索，可向当地公安机关反映。",
        "记者联系了该公司客服，对方要求其删除相关内容，称已向平台投诉。",
        "他的作品被多家媒体转载，影响很大。",
        "浏览器市场份额之争",
        "新闻发言人发表声明，谴责这一行径。",
    ],
)
def test_news_on_the_same_subjects_is_left_alone(line, text):
    assert not notice(line(text))


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, notice) == []
