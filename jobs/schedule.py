"""Every job and its time, as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlmodel import Session

from app.common.clock import LONDON
from jobs import (
    delete_expired_sessions,
    delete_old_replies,
    delete_packs,
    forget_checks,
    forget_drafts,
    forget_feed_rows,
    forget_notifications,
    forget_support,
    make_packs,
    notify,
    order_packs,
    pull_views,
    read_inbox,
    recount_exposures,
    releases,
    reopen_deferred,
    retention,
    rewrap_keys,
    send_emails,
    watch_feeds,
)


class Run(Protocol):
    """What a job module offers."""

    def __call__(self, *, session: Session, now: datetime) -> str:
        """Do the work; returns what happened, in a few words without names; none: nothing did."""


@dataclass(frozen=True)
class Job:
    """A piece of work done on the clock."""

    name: str
    run: Run | Callable[..., str]
    trigger: BaseTrigger


def _daily(hour: int, minute: int) -> CronTrigger:
    return CronTrigger(hour=hour, minute=minute, timezone=LONDON)


JOBS: tuple[Job, ...] = (
    Job("make_packs", make_packs.run, CronTrigger(second="*/5")),
    Job("reopen_deferred", reopen_deferred.run, _daily(0, 5)),
    Job("forget_drafts", forget_drafts.run, _daily(2, 20)),
    Job("forget_feed_rows", forget_feed_rows.run, _daily(2, 40)),
    # After midnight in London, so that no day is cut short, and before the recount.
    Job("retention", retention.run, _daily(1, 30)),
    Job("forget_notifications", forget_notifications.run, _daily(2, 50)),
    Job("forget_support", forget_support.run, _daily(2, 30)),
    Job("recount_exposures", recount_exposures.run, _daily(3, 10)),
    # Every day it looks whether this month's is there, so that a missed first is made up for.
    Job("releases", releases.run, _daily(5, 10)),
    Job("order_packs", order_packs.run, _daily(4, 20)),
    Job("delete_expired_sessions", delete_expired_sessions.run, CronTrigger(minute=25)),
    Job("delete_old_replies", delete_old_replies.run, CronTrigger(minute=35)),
    Job("forget_checks", forget_checks.run, CronTrigger(minute=5)),
    Job("delete_packs", delete_packs.run, CronTrigger(minute=45)),
    Job("pull_views", pull_views.run, CronTrigger(minute="*")),
    Job("read_inbox", read_inbox.run, CronTrigger(minute="*")),
    Job("notify", notify.run, CronTrigger(minute="*")),
    Job("send_emails", send_emails.run, CronTrigger(minute="*", second=20)),
    Job("rewrap_keys", rewrap_keys.run, CronTrigger(minute="*/10", second=40)),
    Job("watch_feeds", watch_feeds.run, CronTrigger(minute="*")),
)
