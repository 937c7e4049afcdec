"""Sentence 2 of the story: joining without an e-mail, with a way back that is on paper."""

from tests.browser.story import join
from tests.cast import PASSPHRASE


def test_someone_joins_with_a_name_and_a_passphrase_and_keeps_the_way_back(visit, device):
    someone = visit(**device)
    someone.go("/")
    someone.go("/join/")
    someone.sees("No e-mail, no real name")
    assert someone.page.get_by_role("radio").count() == 3
    someone.inspect()
    someone.page.get_by_role("radio").nth(1).check()
    name = someone.page.get_by_role("radio").nth(1).get_attribute("value").split(".")[0]
    someone.fill("Passphrase", PASSPHRASE)
    someone.page.get_by_role("checkbox", name="I have read the five rules").check()
    someone.page.get_by_role("checkbox", name="I am 18 or older").check()
    someone.press("Join", within="main form")
    someone.sees("the only way back", "We show them once")
    assert someone.page.locator("main ol li").count() == 10
    someone.inspect()
    someone.page.get_by_role("checkbox", name="I have kept them").check()
    someone.press("Go on")
    someone.go("/me/")
    someone.sees(name)
    someone.inspect()


def test_someone_who_forgets_a_tick_keeps_what_they_chose(visit, device):
    someone = visit(**device)
    someone.go("/join/")
    offer = someone.page.get_by_role("radio").nth(2)
    chosen = offer.get_attribute("value")
    offer.check()
    someone.fill("Passphrase", PASSPHRASE)
    someone.page.get_by_role("checkbox", name="I have read the five rules").check()
    someone.press("Join", within="main form")
    someone.sees("Please tick that you are old enough to join.")
    assert someone.page.locator(f"input[type=radio][value='{chosen}']").is_checked()
    someone.inspect()


def test_the_rescue_phrase_opens_the_account_again(visit, device):
    someone = visit(**device)
    someone.go("/join/")
    someone.page.get_by_role("radio").first.check()
    name = someone.page.get_by_role("radio").first.get_attribute("value").split(".")[0]
    someone.fill("Passphrase", PASSPHRASE)
    someone.page.get_by_role("checkbox", name="I have read the five rules").check()
    someone.page.get_by_role("checkbox", name="I am 18 or older").check()
    someone.press("Join", within="main form")
    words = someone.page.locator("main ol li").all_inner_texts()
    other_device = visit(**device)
    other_device.go("/sign-in/rescue/")
    other_device.inspect()
    other_device.fill("Your name here", name)
    other_device.fill("Rescue phrase", " ".join(words))
    other_device.fill("New passphrase", "seven herons over water")
    other_device.page.locator("main form button[type=submit]").first.click()
    other_device.page.wait_for_load_state()
    other_device.go("/me/")
    other_device.sees(name)


def test_a_member_signs_out_and_in_again(visit, device):
    someone = visit(**device)
    name = join(someone)
    someone.go("/sign-out/")
    someone.page.locator("main form button[type=submit]").first.click()
    someone.page.wait_for_load_state()
    someone.go("/me/")
    someone.sees("Sign in")
    someone.inspect()
    someone.sign_in(name, PASSPHRASE)
    someone.go("/me/")
    someone.sees(name)
