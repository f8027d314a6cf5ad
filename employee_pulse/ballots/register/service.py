"""Draw the roll, invite, remind, sign once for each entry, and forget."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import delete, insert, or_, select, update

from employee_pulse.anonymity import queries as keys_kept
from employee_pulse.anonymity import service as key_service
from employee_pulse.anonymity.blind_signature import PrivateKey, sign_blinded
from employee_pulse.ballots.protocol import key_purpose
from employee_pulse.ballots.register import queries
from employee_pulse.ballots.register.models import ReminderRound, ReportingGroup, Roll, RollEntry
from employee_pulse.ballots.register.queries import Addressee
from employee_pulse.ballots.register.refusals import BallotTaken, InvitationUnknown
from employee_pulse.ballots.register.rules.grouping import Person, groups_of, shares_its_name
from employee_pulse.ballots.register.rules.invitations import (
    TOKEN_KEY_BYTES,
    invitation_link,
    invitation_token,
    token_hash,
)
from employee_pulse.ballots.register.rules.letters import Letter
from employee_pulse.ballots.register.rules.sheet import Sheet, SheetGroup, sheet_hash
from employee_pulse.ballots.register.tokens import token_key_of, wrap_token_key
from employee_pulse.ballots.waves import WaveClosed, require_open
from employee_pulse.foundation.db import db
from employee_pulse.notifications.rules import Mail
from employee_pulse.notifications.service import enqueue_mails, enqueue_webhook, withdraw
from employee_pulse.org import queries as org
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys.models import Wave


@dataclass(frozen=True)
class Names:
    """A text in both languages."""

    ko: str
    en: str


@dataclass(frozen=True)
class RollPlan:
    """Who may answer, and with whom they are counted."""

    wave_id: int
    groups: Mapping[int, int]
    """Employee to group."""
    labels: Mapping[int, Names]
    without_email: int


@dataclass(frozen=True)
class Post:
    """What addressing a mail needs besides the entry."""

    letters: Mapping[str, Letter]
    """By language."""
    base_url: str
    secret: str


def plan_roll(wave_id: int, *, on: date, minimum: int, min_company: int, rest: Names) -> RollPlan:
    """Group the people who may answer; nothing is written.

    ``rest`` names, around ``%(department)s``, a group that is what remains of its department.
    """
    wave = db.session.get_one(Wave, wave_id)
    eligible = org.eligible(on, surveys.audience(wave.program_id))
    departments = {department.id: department for department in org.departments(with_closed=True)}
    parents = {department.id: department.parent_id for department in departments.values()}
    people = [Person(e.employee_id, e.department_id, e.is_manager) for e in eligible]
    groups = groups_of(people, parents, minimum=minimum, min_company=min_company)
    found = set(groups.values())
    labels = {}
    for group in found:
        name = Names(departments[group].name_ko, departments[group].name_en)
        labels[group] = _rest(name, rest) if shares_its_name(group, found, parents) else name
    return RollPlan(wave_id, groups, labels, sum(not e.email for e in eligible))


def draw_roll(
    plan: RollPlan, *, keys: Mapping[int, PrivateKey], secret: str, now: datetime
) -> bool:
    """Write the roll with its groups, keys and sheet, unless another worker has; say whether.

    The hash of the sheet goes to the webhooks too: the more places it stands in, the harder it
    is to show somebody another one.
    """
    wave = db.session.scalars(select(Wave).where(Wave.id == plan.wave_id).with_for_update()).one()
    if wave.closed_at is not None or queries.roll(wave.id) is not None:
        return False
    token_key = secrets.token_bytes(TOKEN_KEY_BYTES)
    sizes = Counter(plan.groups.values())
    sheet = _sheet(wave, plan, sizes, keys)
    db.session.add(
        Roll(
            wave_id=wave.id,
            eligible=len(plan.groups),
            without_email=plan.without_email,
            sheet=sheet,
            sheet_hash=sheet_hash(sheet),
            wrapped_token_key=wrap_token_key(token_key, wave_id=wave.id, secret=secret),
        )
    )
    db.session.flush()
    db.session.execute(insert(ReportingGroup), _group_rows(plan, sizes))
    db.session.execute(insert(RollEntry), _entry_rows(plan, token_key))
    key_service.store_keys(
        key_purpose(wave.id), {str(group): key for group, key in keys.items()}, secret=secret
    )
    enqueue_webhook(
        event="wave.opened",
        data={
            "wave": wave.id,
            "closes_at": wave.closes_at.isoformat(timespec="seconds"),
            "eligible": len(plan.groups),
            "sheet_hash": sheet_hash(sheet),
        },
        idempotency_key=f"wave:{wave.id}:opened",
        now=now,
    )
    return True


def invite(wave_id: int, *, post: Post, limit: int, now: datetime) -> int:
    """Queue the mails of some who were not invited yet; say how many there were."""
    people = queries.uninvited(wave_id, limit=limit)
    _enqueue(wave_id, people, kind="invitation", occasion="invitation", post=post, now=now)
    db.session.execute(
        update(RollEntry)
        .where(
            RollEntry.wave_id == wave_id,
            RollEntry.employee_id.in_([person.employee_id for person in people]),
        )
        .values(invited=True)
    )
    if people:
        db.session.execute(update(Roll).where(Roll.wave_id == wave_id).values(invited_at=now))
    return len(people)


def remind(wave_id: int, *, day: date, post: Post, now: datetime) -> int:
    """Queue the reminder of a day, once; say how many mails. Whom it went to is not kept."""
    roll = db.session.scalars(select(Roll).where(Roll.wave_id == wave_id).with_for_update()).one()
    if queries.was_reminded(wave_id, day):
        return 0
    db.session.add(ReminderRound(wave_id=roll.wave_id, day=day, sent_at=now))
    people = queries.unanswered(wave_id)
    _enqueue(wave_id, people, kind="reminder", occasion=f"reminder:{day}", post=post, now=now)
    return len(people)


def issue_signature(
    *, wave_id: int, token: str, blinded: bytes, secret: str, now: datetime
) -> bytes:
    """Sign one blinded message for an invitation; the same one again gives the same signature.

    Neither the moment nor an address is kept.
    """
    require_open(wave_id, now=now)
    blinded_hash = sha256(blinded).digest()
    entry = (
        RollEntry.wave_id == wave_id,
        RollEntry.token_hash == token_hash(token),
        RollEntry.draws_paper.is_not(True),
    )
    group_id = db.session.scalar(
        update(RollEntry)
        .where(
            *entry, or_(RollEntry.blinded_hash.is_(None), RollEntry.blinded_hash == blinded_hash)
        )
        .values(blinded_hash=blinded_hash)
        .returning(RollEntry.group_id)
    )
    if group_id is None:
        taken = db.session.scalar(select(RollEntry.group_id).where(*entry)) is not None
        raise BallotTaken if taken else InvitationUnknown
    key = keys_kept.private_key(key_purpose(wave_id), str(group_id), secret=secret)
    if key is None:
        raise WaveClosed
    return sign_blinded(key, blinded)


def clear(wave_id: int) -> None:
    """Forget every person of the roll, what made their tokens, and mails that never left."""
    db.session.execute(delete(RollEntry).where(RollEntry.wave_id == wave_id))
    db.session.execute(update(Roll).where(Roll.wave_id == wave_id).values(wrapped_token_key=None))
    for occasion in ("invitation", "reminder"):
        withdraw(key_prefix=f"wave:{wave_id}:{occasion}:")


def _rest(name: Names, rest: Names) -> Names:
    return Names(rest.ko % {"department": name.ko}, rest.en % {"department": name.en})


def _sheet(
    wave: Wave, plan: RollPlan, sizes: Mapping[int, int], keys: Mapping[int, PrivateKey]
) -> str:
    if wave.sealing_key is None or wave.questions_hash is None:
        raise RuntimeError("an open wave has a sealing key and frozen questions")
    groups = [
        SheetGroup(group, plan.labels[group].ko, plan.labels[group].en, size, keys[group].public)
        for group, size in sizes.items()
    ]
    return Sheet(
        wave_id=wave.id,
        closes_at=wave.closes_at,
        questions_hash=wave.questions_hash,
        thresholds=wave.thresholds or {},
        sealing_key=wave.sealing_key,
        groups=groups,
        previous=queries.previous_sheet_hash(wave),
    ).to_json()


def _group_rows(plan: RollPlan, sizes: Mapping[int, int]) -> list[dict[str, object]]:
    return [
        {
            "wave_id": plan.wave_id,
            "department_id": group,
            "label_ko": plan.labels[group].ko,
            "label_en": plan.labels[group].en,
            "eligible": size,
        }
        for group, size in sorted(sizes.items())
    ]


def _entry_rows(plan: RollPlan, token_key: bytes) -> list[dict[str, object]]:
    return [
        {
            "wave_id": plan.wave_id,
            "employee_id": employee,
            "group_id": group,
            "invited": False,
            "token_hash": token_hash(
                invitation_token(
                    token_key, wave_id=plan.wave_id, group_id=group, employee_id=employee
                )
            ),
        }
        for employee, group in sorted(plan.groups.items())
    ]


def _enqueue(
    wave_id: int,
    people: Sequence[Addressee],
    *,
    kind: str,
    occasion: str,
    post: Post,
    now: datetime,
) -> None:
    roll = db.session.get_one(Roll, wave_id)
    token_key = token_key_of(roll, secret=post.secret)
    if token_key is None:
        return
    mails = []
    for person in people:
        token = invitation_token(
            token_key,
            wave_id=wave_id,
            group_id=person.group_id,
            employee_id=person.employee_id,
        )
        link = invitation_link(
            post.base_url,
            wave_id=wave_id,
            token=token,
            sheet_hash=roll.sheet_hash,
            language=person.language,
        )
        letter = post.letters[person.language]
        mails.append(
            Mail(
                kind=kind,
                recipient=person.email,
                subject=letter.subject,
                body=letter.body_with(link),
                html=letter.html_with(link),
                idempotency_key=f"wave:{wave_id}:{occasion}:{person.employee_id}",
                erase=True,
            )
        )
    enqueue_mails(mails, now=now)
