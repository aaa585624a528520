"""What prompts somebody's exposures ask for, without a database."""

from datetime import timedelta

from app.exposure.rules import Fact, prompts_for
from app.incidents.framework import SHIPPED, CumulativeRule, Framework
from tests.factories import at

ORDINARY = "sudden_death"
ALWAYS = "fatal_collision"


def facts(*days, code=ORDINARY):
    return [Fact(number, code, at(day), 1, 1) for number, day in enumerate(days, 1)]


def ask(found, *, framework=SHIPPED, since=None):
    return prompts_for(
        7,
        found,
        frameworks={1: framework},
        has_started=lambda _unit, day: since is None or day >= since,
    )


def test_one_ordinary_incident_asks_for_nothing():
    assert ask(facts("2026-03-01")) == []


def test_an_incident_that_always_prompts_is_due_in_72_hours_and_says_why():
    (prompt,) = ask(facts("2026-03-01", code=ALWAYS))
    assert prompt.why == "Fatal road collision on 1 March 2026."
    assert prompt.due_at == at("2026-03-01") + timedelta(hours=72)
    assert prompt.natural_key == "incident:1"


def test_the_third_incident_in_28_days_prompts():
    (prompt,) = ask(facts("2026-03-01", "2026-03-10", "2026-03-28"))
    assert prompt.why == "3 incidents in 28 days, the latest on 28 March 2026."
    assert prompt.natural_key == "cumulative:7:3"


def test_a_window_of_28_days_does_not_hold_29():
    assert ask(facts("2026-03-01", "2026-03-10", "2026-03-29")) == []


def test_a_rule_that_spoke_stays_quiet_for_its_window():
    days = [f"2026-03-{day:02}" for day in (1, 2, 3, 4, 5, 6)]
    prompts = ask(facts(*days))
    # Three in 28 days on the third; on the sixth only the rule for six in 182 days is new.
    assert [prompt.incident_id for prompt in prompts] == [3, 6]
    assert prompts[1].why == "6 incidents in 182 days, the latest on 6 March 2026."


def test_a_rule_speaks_again_when_its_window_has_passed():
    days = [f"2026-03-{day:02}" for day in (1, 2, 3, 20, 30, 31)]
    rule = Framework(
        types=SHIPPED.types, factors=(), rules=(CumulativeRule(code="three", count=3, days=28),)
    )
    assert [prompt.incident_id for prompt in ask(facts(*days), framework=rule)] == [3, 6]


def test_two_reasons_share_one_prompt():
    found = [*facts("2026-03-01", "2026-03-02"), Fact(3, ALWAYS, at("2026-03-03"), 1, 1)]
    (prompt,) = ask(found)
    assert prompt.why == "Fatal road collision on 3 March 2026. Also 3 incidents in 28 days."


def test_history_before_the_start_counts_but_asks_for_nothing():
    found = facts("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
    (prompt,) = ask(found, since=at("2026-03-04").date())
    assert prompt.why.startswith("4 incidents in 28 days")


def test_a_rule_for_some_types_counts_only_those():
    rule = Framework(
        types=SHIPPED.types,
        factors=(),
        rules=(CumulativeRule(code="two_deaths", count=2, days=10, types=("suicide_attempt",)),),
    )
    found = [
        Fact(1, "suicide_attempt", at("2026-03-01"), 1, 1),
        Fact(2, ORDINARY, at("2026-03-02"), 1, 1),
        Fact(3, "suicide_attempt", at("2026-03-03"), 1, 1),
    ]
    (prompt,) = ask(found, framework=rule)
    assert prompt.why == "2 incidents in 10 days, the latest on 3 March 2026."


def test_the_order_in_which_facts_are_given_does_not_matter():
    found = facts("2026-03-01", "2026-03-10", "2026-03-11", "2026-04-20", "2026-05-02")
    assert ask(found) == ask(list(reversed(found)))


def test_days_are_counted_in_london():
    # Half past eleven at night in UTC on 28 March 2026 is still the 28th; a day later the clocks
    # have changed and the same moment is the next day.
    late = [
        Fact(1, ORDINARY, at("2026-03-02", 1), 1, 1),
        Fact(2, ORDINARY, at("2026-03-03"), 1, 1),
        Fact(3, ORDINARY, at("2026-03-29", 23).replace(minute=30), 1, 1),
    ]
    assert late[2].day.isoformat() == "2026-03-30"
    assert ask(late) == []
