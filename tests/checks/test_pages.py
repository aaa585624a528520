"""The self-check as its person meets it, without JavaScript."""

from app.checks.questions import QUESTIONS


def test_twelve_questions_no_questionnaire_and_nothing_kept(taking):
    taking.twelve(sleep="more", mood="less")
    reply = taking.go_on(questionnaire="none")
    assert "Check your answers" in reply.page.words("h1")
    for question in QUESTIONS:
        assert question.text in reply.page.words("main")
    reply = taking.client.follow(taking.client.submit(reply.page.form(".check form")))
    page = reply.page
    assert page.words("h1") == "What you said"
    print(page.words("main"))
