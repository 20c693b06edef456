"""Advertisements that ask to be called go; articles that mention a number or an account stay."""

import pytest

from corpus.rules.contact_ads import contact_ad


@pytest.mark.parametrize(
    "text",
    [
        "产业招商/厂房土地租售:400 000 1234",
        "微信/手机同号:1380000000013900000000",
        "或微信/手机:13800000000",
        "李某明微信号",
        "加好友时请注明所需面积、行业、预算和称呼,我们会尽快为您匹配合适的园区。",
        "请说明您的预算、面积、行业和称呼,我们会尽快联系。",
        "长按二维码或扫一扫加李某明微信",
        "会员咨询:400-000-1234 客服QQ:100010001 投稿邮箱:kefu@example.com",
        "想爆料?请登录《某某连线》、拨打新闻热线0531-00001234或00000,或登录某某网官方微博提供新闻线索。某某网广告热线0531-00005678,诚邀合作伙伴。",
        "如需了解更多产业数据，请拨打咨询热线400-000-9999，我们将竭诚为您服务。",
        "投稿邮箱：tougao@example.com",
        "邮箱ian@example.com请联系",
        "手机13800000000仅微信",
        "联系电话：0531-00000000 传真：0531-00000001",
        "新闻热线：0531-00000000",
        "客服微信：kefu_2024",
        "QQ群：123456789 欢迎加盟",
        "扫码进群，免费领取资料",
        "举报电话：027-00001234　举报邮箱：jubao@example.com",
    ],
)
def test_advertisements_are_recognised(line, text):
    assert contact_ad(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "消费者王先生拨打商家电话0531-00000000，对方称此事与其无关。",
        "市民可拨打12345热线咨询，也可到窗口办理。",
        "警方提醒，凡是自称客服要求加微信好友转账的，都是诈骗。",
        "现场提供免费咨询、义诊等服务，吸引了两百多位居民。",
        "公司微信公众号粉丝突破百万，成为行业第一。",
        "微信支付日均交易超过十亿笔",
        "腾讯公布财报，微信WeChat月活跃账户达13亿。",
        "他扫了一下商户的二维码，付款成功。",
        "热线电话被打爆",
        "电话那头，他的声音有些颤抖。",
        "双方将在新能源领域深化合作",
        "2024年1月1日至3月31日，12345热线共受理来电1380000件。",
        "厂家与经销商对接会在济南举行",
        "报名人数达13912人，创历史新高。",
        "据介绍，热线0531-00000000开通一年来，接听咨询电话三万多个。",
    ],
)
def test_articles_with_numbers_and_accounts_are_left_alone(line, text):
    assert not contact_ad(line(text))


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, contact_ad) == []
