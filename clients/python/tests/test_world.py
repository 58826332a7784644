"""What a test does to a world, and what the world tells."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pytest_mockwx import ControlError, NoCodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_mockwx import World

NINE = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)


@pytest.fixture
def idaas(wx_world: World) -> Iterator[httpx.Client]:
    headers = {
        "x-client-id": "nTo1eRIub60vPb54WeE6aojPwYwImtl4",
        "x-operating-sys-version": "Android 15",
        "x-device-fingerprint": "a-test",
        "x-agent": "a-test/1.0",
    }
    with httpx.Client(base_url=f"{wx_world.url}/api/v2/sdk", headers=headers, trust_env=False) as client:
        yield client


def test_the_clock_moves_when_it_is_told_to(wx_world: World) -> None:
    clock = wx_world.clock
    assert clock.mode == "real"
    assert clock.freeze(at=NINE) == NINE
    assert clock.mode == "frozen"
    assert clock.advance(timedelta(minutes=5, milliseconds=7)) == NINE + timedelta(minutes=5, milliseconds=7)
    assert clock.advance("1h30m") == NINE + timedelta(minutes=95, milliseconds=7)
    assert clock.set("2020-02-29T23:59:59.5Z") == datetime(2020, 2, 29, 23, 59, 59, 500_000, tzinfo=timezone.utc)
    assert clock.now() == datetime(2020, 2, 29, 23, 59, 59, 500_000, tzinfo=timezone.utc)
    clock.resume()
    assert clock.mode == "offset"


def test_a_time_of_another_zone_is_the_same_instant(wx_world: World) -> None:
    china = timezone(timedelta(hours=8))
    assert wx_world.clock.freeze(at=datetime(2026, 3, 1, 17, tzinfo=china)) == NINE


def test_a_time_without_a_zone_is_refused(wx_world: World) -> None:
    with pytest.raises(ValueError, match=r"has no time zone; hint: datetime\(…, tzinfo=timezone.utc\)"):
        wx_world.clock.set(datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_wrong_duration_is_told_in_the_labs_words(wx_world: World) -> None:
    with pytest.raises(ControlError, match="`5 bananas` is not a duration such as 5m") as refused:
        wx_world.clock.advance("5 bananas")
    assert refused.value.code == "invalid_body"


def test_somebody_unknown_is_told_with_who_there_is(wx_world: World) -> None:
    with pytest.raises(ControlError) as refused:
        wx_world.person("alicia").login_code()
    assert str(refused.value) == "no person is called `alicia`\nhint: did you mean `alice`?"
    with pytest.raises(ControlError, match="`nobody` has no openid"):
        wx_world.person("nobody").openid()


@pytest.mark.mockwx(world={"like": "ready", "wechat": {"people": {"alice": {"privacy_not_agreed": True}}}})
def test_a_phone_that_is_told_no_says_why(wx_world: World) -> None:
    with pytest.raises(NoCodeError) as told:
        wx_world.person("alice").phone_code()
    assert told.value.answer["errMsg"].startswith("getPhoneNumber:fail")
    assert str(told.value).startswith("getPhoneNumber was told `getPhoneNumber:fail")
    assert told.value.hint == told.value.story[-1]


def test_the_phones_whole_answers(wx_world: World) -> None:
    alice = wx_world.person("alice")
    assert alice.login(outcome="timeout") == {"errMsg": "login:fail time out", "errno": 5}
    assert alice.login()["errMsg"] == "login:ok"
    assert alice.phone_number(outcome="deny")["errMsg"] == "getPhoneNumber:fail user deny"
    assert len(alice.phone_number(realtime=True)["code"]) == 64
    assert alice.check_session()["errMsg"] == "checkSession:ok"
    assert set(alice.user_info()) >= {"rawData", "signature", "encryptedData", "iv"}
    assert "encryptedData" not in alice.user_info(with_credentials=False)
    assert alice.user_profile("a test")["errMsg"] == "getUserProfile:ok"


def test_the_first_person_is_meant_when_nobody_is_named(wx_world: World) -> None:
    assert wx_world.person().openid() == wx_world.person("alice").openid()
    assert wx_world.person().unionid() == wx_world.person("alice").unionid()
    assert wx_world.person("bob").openid() != wx_world.person("alice").openid()


TWO_APPS = {"wechat": {"mini_programs": [{"appid": "wx1111111111111111"}, {"appid": "wx2222222222222222"}]}}


@pytest.mark.mockwx(world={**TWO_APPS, "wechat": {**TWO_APPS["wechat"], "people": {"ann": {}}}})
def test_a_person_in_two_mini_programs(wx_world: World) -> None:
    first, second = (wx_world.person("ann", appid=app["appid"]) for app in TWO_APPS["wechat"]["mini_programs"])
    assert first.openid() != second.openid()
    codes = {first.login_code(): first.appid, second.login_code(): second.appid}
    handed_out = {artefact.value: artefact.of["appid"] for artefact in wx_world.artefacts("login_code")}
    assert handed_out == codes


def test_an_artefact_is_aged_expired_and_revoked(wx_world: World) -> None:
    alice, bob = wx_world.person("alice"), wx_world.person("bob")
    fresh, old = alice.login_code(), bob.login_code()
    assert wx_world.age(old, by="5m1s") == 1
    states = {artefact.value: artefact.state for artefact in wx_world.artefacts("login_code")}
    assert states == {fresh: "live", old: "expired"}
    assert wx_world.expire(fresh) == 1
    assert wx_world.artefacts("login_code", state="live") == []
    phone = alice.phone_code()
    assert wx_world.revoke(kind="phone_code") == 1
    (revoked,) = wx_world.artefacts("phone_code")
    assert (revoked.value, revoked.state, revoked.of["person"]) == (phone, "revoked", "alice")
    assert revoked.expires_at is not None
    assert revoked.expires_at - revoked.issued_at == timedelta(minutes=5)


@pytest.mark.parametrize("which", [{}, {"artefact": "code", "kind": "login_code"}])
def test_either_one_artefact_or_a_kind_is_meant(wx_world: World, which: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="say one artefact, or kind="):
        wx_world.expire(**which)


def test_the_journal_tells_who_asked_whom_and_hides_secrets(wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    query = {"appid": "wx0123456789abcdef", "secret": "0123456789abcdef0123456789abcdef", "js_code": code}
    httpx.get(f"{wx_world.url}/sns/jscode2session", params=query, trust_env=False)
    login, exchange = wx_world.journal.exchanges()
    assert (login.asked_by, login.target, login.answer["code"]) == ("device", "wx.login", "‹login code 1›")
    assert (exchange.asked_by, exchange.answered_by, exchange.path) == ("back_end", "wechat", "/sns/jscode2session")
    assert code not in exchange.target
    (revealed,) = wx_world.journal.exchanges("/sns/", reveal=True)
    assert code in revealed.target
    assert wx_world.journal.exchanges(asked_by="back_end") == wx_world.journal.exchanges(since=login.seq)
    assert wx_world.journal.refusals() == []
    wx_world.journal.clear()
    assert wx_world.journal.exchanges() == []
    assert wx_world.journal.last == exchange.seq


def test_a_refusal_is_explained_by_its_message(wx_world: World) -> None:
    query = {"appid": "wx0123456789abcdef", "secret": "0123456789abcdef0123456789abcdef", "js_code": "made-up"}
    refused = httpx.get(f"{wx_world.url}/sns/jscode2session", params=query, trust_env=False).json()
    story = wx_world.explain(refused["errmsg"])
    assert (story.rule, story.code, story.world) == ("login_code_unknown", "40029", wx_world.name)
    assert "no such login code was issued in this world" in str(story)
    (exchange,) = wx_world.journal.refusals()
    assert exchange == story.exchange
    assert str(exchange) == "back_end → wechat  GET /sns/jscode2session  200  refused: 40029"


def test_calls_that_were_not_expected_fail_with_what_was_asked(wx_world: World) -> None:
    with pytest.raises(AssertionError) as wrong, wx_world.expect_calls({"/sns/jscode2session": 2}, idaas=1):
        wx_world.person("alice").login_code()
        httpx.get(f"{wx_world.url}/sns/jscode2session", trust_env=False)
    assert str(wrong.value) == (
        "calls are not as expected\n"
        "/sns/jscode2session: 2 expected, 1 seen\n"
        "idaas: 1 expected, 0 seen\n"
        "what was asked:\n"
        "  back_end → wechat  GET /sns/jscode2session  200  refused: 41002"
    )


def test_an_error_in_the_block_is_not_hidden_by_its_calls(wx_world: World) -> None:
    with pytest.raises(KeyError), wx_world.expect_calls(wechat=1):
        raise KeyError("first")


def test_expecting_nothing_in_particular_is_a_mistake(wx_world: World) -> None:
    with pytest.raises(ValueError, match="nothing is expected"):
        wx_world.expect_calls()


def test_a_fault_goes_with_its_block(wx_world: World) -> None:
    with wx_world.faults.plan("rate_limited", name="crowd") as fault:
        answer = httpx.get(f"{wx_world.url}/sns/jscode2session", trust_env=False).json()
        assert answer["errcode"] == 45011
        assert (fault.name, fault.matched, fault.applied) == ("crowd", 1, 1)
        assert wx_world.journal.exchanges()[-1].faults != []
    assert wx_world.faults.planned() == []
    with pytest.raises(LookupError, match="the fault `crowd` was taken back"):
        _ = fault.applied


def test_a_fault_that_was_cleared_within_its_block_is_no_problem(wx_world: World) -> None:
    with wx_world.faults.plan(where={"party": "idaas"}, what={"status": 502}):
        assert len(wx_world.faults.planned()) == 1
        wx_world.faults.clear()


def test_a_misspelled_fault_comes_with_a_suggestion(wx_world: World) -> None:
    with pytest.raises(ControlError, match=r"hint: did you mean `system_error`\?"):
        wx_world.faults.plan("system_eror")


def test_all_problems_of_a_world_are_told_at_once(wx_world: World) -> None:
    with pytest.raises(ControlError) as wrong:
        wx_world.replace({"wechat": {"people": {"ann": {"fone": 1}}}, "idass": {}})
    assert [problem["path"] for problem in wrong.value.problems] != []
    assert str(wrong.value).count("hint: did you mean") == len(wrong.value.problems)


def test_the_sms_code_after_the_slider(wx_world: World, idaas: httpx.Client) -> None:
    picture = idaas.get("captcha").json()
    point = f'{{"x":{wx_world.captcha(picture["token"])},"y":5.0}}'
    solved = idaas.post(
        "captcha/verify", json={"token": picture["token"], "point_json": point, "sender": "+86-13900139000"}
    ).json()
    sent = idaas.post(
        "sms/send", json={"mobile": "+86-13900139000", "type": "LOGIN_SMS", "captcha_token": solved["captcha_token"]}
    )
    assert sent.status_code == 200
    (sms,) = wx_world.outbox(to="+86-13900139000")
    assert (sms.channel, sms.type) == ("sms", "LOGIN_SMS")
    assert sms.verify_code in sms.text
    assert wx_world.outbox(to="+86-13600136000") == []


def test_a_world_is_exported_changed_and_reset(wx_world: World) -> None:
    began = wx_world.export()
    wx_world.change({"wechat": {"people": {"dora": {"phone": "+86 13612345678"}}}})
    assert len(wx_world.person("dora").login_code()) == 32
    wx_world.reset()
    assert wx_world.export()["wechat"] == began["wechat"]
    wx_world.replace({"wechat": {"people": {"only": {}}}})
    assert list(wx_world.export()["wechat"]["people"]) == ["only"]
