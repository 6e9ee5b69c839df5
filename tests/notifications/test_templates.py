"""Our templates against the catalogue and against the account."""

from pathlib import Path

import pytest

from services.clients.wechat.mini_program import MiniProgram, Template
from services.kernel.remote import open_http
from services.kernel.unable import Unable
from services.notifications.channels.check_templates import check_templates, template_faults
from services.notifications.channels.template_book import TemplateBook
from tests.living_standin import PROVIDERS, LivingStandIn


async def test_the_example_fits_the_account_that_the_stand_in_plays(
    standin: LivingStandIn, book: TemplateBook
) -> None:
    settings = standin.settings()
    async with open_http() as http:
        secret = settings.wechat_secret.get_secret_value()
        program = MiniProgram(http, standin.url, appid=settings.wechat_appid, secret=secret)
        assert template_faults(book, await program.templates()) == []
        await standin.fault("templates", "code", code=48001)
        await check_templates(program, book)


def test_a_template_that_is_missing_or_has_other_keys_is_named(book: TemplateBook) -> None:
    first, second, *others = book.templates()
    held = [
        Template(template_id=first, title="", content="学生:{{thing9.DATA}}\n", long_term=False),
        Template(
            template_id=second,
            title="",
            content="{{thing1.DATA}}{{time2.DATA}}{{thing3.DATA}}{{thing4.DATA}}",
            long_term=False,
        ),
    ]
    assert template_faults(book, held) == [
        "学生到校离校提醒: the account's keys are thing9",
        *(f"{book.templates()[other].title}: not in the account" for other in others),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kinds = ["missing"]', 'kinds = ["lost"]', "lost, missing"),
        ('"received", ', "", "received"),
        ("[wechat]", "[weixin]", "KeyError"),
        ("[wechat]", "[wechat", "cannot be used"),
    ],
)
def test_a_providers_file_that_does_not_fit_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "providers.toml"
    path.write_text(PROVIDERS.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(Unable, match=said):
        TemplateBook.read(path)
