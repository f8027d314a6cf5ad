"""Tables of the organization: departments, employees, holidays, rosters waiting to be confirmed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from employee_pulse.foundation.db import Base, words
from employee_pulse.org.rules.public_holidays import HolidayChangeKind


class Department(Base):
    """A node of the department tree; ``closed_on`` once no roster names it any more."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name_ko: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    closed_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("id <> parent_id", name="not_its_own_parent"),)


class Employee(Base):
    """A person of the roster. Nobody is deleted: who left has ``active_until``."""

    __tablename__ = "employee"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="ko")
    is_manager: Mapped[bool] = mapped_column(default=False)
    is_head: Mapped[bool] = mapped_column(default=False)
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]

    __table_args__ = (
        Index(
            "uq_employee_one_head_a_department",
            "department_id",
            unique=True,
            sqlite_where=text("is_head"),
            postgresql_where=text("is_head"),
        ),
        CheckConstraint("language IN ('ko', 'en')", name="language_known"),
    )


class Holiday(Base):
    """A day that HR has added to the public holidays (``is_off``) or taken out of them."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    is_off: Mapped[bool]


class HolidayChange(Base):
    """Who changed the holidays when; rows are only added."""

    __tablename__ = "holiday_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[HolidayChangeKind] = mapped_column(words(HolidayChangeKind))
    changed_by_id: Mapped[int | None]
    changed_at: Mapped[datetime]


class RosterUpload(Base):
    """A roster file between preview and confirmation; applied, it keeps nothing of its content."""

    __tablename__ = "roster_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    columns: Mapped[dict[str, Any] | None]
    """Field -> header, once HR has chosen; else the headers are recognized."""
    uploaded_by_id: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
