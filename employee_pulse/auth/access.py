"""Who may do what: the permissions of each role, and the one each endpoint asks for."""

from collections.abc import Mapping
from enum import StrEnum

from employee_pulse.auth.rules import Role

__all__ = ["DEPARTMENT_HEAD", "ENDPOINTS", "ROLES", "Permission", "Role", "allows"]


class Permission(StrEnum):
    """Something a page asks for before it opens."""

    USE_APP = "use_app"
    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_PROGRAMS = "manage_programs"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_RESULTS = "view_results"
    """Pages of results narrow themselves by ``queries.scope``."""
    IMPORT_HISTORY = "import_history"
    VIEW_DELIVERIES = "view_deliveries"
    MANAGE_WEBHOOKS = "manage_webhooks"
    CHECK_WAVES = "check_waves"
    """The sheet hash and the public pages of every wave, whoever was asked."""


ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: frozenset({Permission.USE_APP}),
    Role.OWNER: frozenset({Permission.USE_APP}),
    Role.EXECUTIVE: frozenset({Permission.USE_APP, Permission.VIEW_RESULTS}),
    Role.HR: frozenset(
        {
            Permission.USE_APP,
            Permission.MANAGE_ORGANIZATION,
            Permission.MANAGE_PROGRAMS,
            Permission.VIEW_RESULTS,
            Permission.IMPORT_HISTORY,
            Permission.VIEW_DELIVERIES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.USE_APP,
            Permission.MANAGE_ACCOUNTS,
            Permission.VIEW_DELIVERIES,
            Permission.MANAGE_WEBHOOKS,
        }
    ),
    Role.WORKS_COUNCIL: frozenset({Permission.USE_APP, Permission.CHECK_WAVES}),
}

DEPARTMENT_HEAD: frozenset[Permission] = frozenset({Permission.VIEW_RESULTS})
"""What leading a department adds to a role, for the departments below."""

ENDPOINTS: dict[str, Permission | None] = {
    # What the endpoint asks for; None is open to everybody; an endpoint left out is refused.
    "static": None,
    "home.landing": None,
    "home.dashboard": Permission.USE_APP,
    "home.design": Permission.USE_APP,
    "home.set_language": None,
    "home.healthz": None,
    "home.readyz": None,
    "auth.sign_in": None,
    "auth.sign_out": None,
    "auth.account": Permission.USE_APP,
    "auth.choose_password": Permission.USE_APP,
    "auth.language": Permission.USE_APP,
    "auth.accounts": Permission.MANAGE_ACCOUNTS,
    "auth.create": Permission.MANAGE_ACCOUNTS,
    "auth.change_role": Permission.MANAGE_ACCOUNTS,
    "auth.reset_password": Permission.MANAGE_ACCOUNTS,
    "auth.disable": Permission.MANAGE_ACCOUNTS,
    "auth.enable": Permission.MANAGE_ACCOUNTS,
    "org.departments": Permission.MANAGE_ORGANIZATION,
    "org.upload": Permission.MANAGE_ORGANIZATION,
    "org.preview": Permission.MANAGE_ORGANIZATION,
    "org.map_columns": Permission.MANAGE_ORGANIZATION,
    "org.confirm": Permission.MANAGE_ORGANIZATION,
    "org.errors_csv": Permission.MANAGE_ORGANIZATION,
    "org.holidays": Permission.MANAGE_ORGANIZATION,
    "org.add_holiday": Permission.MANAGE_ORGANIZATION,
    "org.remove_holiday": Permission.MANAGE_ORGANIZATION,
    "surveys.questions": Permission.MANAGE_PROGRAMS,
    "surveys.new_question": Permission.MANAGE_PROGRAMS,
    "surveys.question": Permission.MANAGE_PROGRAMS,
    "surveys.programs": Permission.MANAGE_PROGRAMS,
    "surveys.new_program": Permission.MANAGE_PROGRAMS,
    "surveys.program": Permission.MANAGE_PROGRAMS,
    "surveys.edit_audience": Permission.MANAGE_PROGRAMS,
    "surveys.edit_questions": Permission.MANAGE_PROGRAMS,
    "surveys.edit_schedule": Permission.MANAGE_PROGRAMS,
    "surveys.dates": Permission.MANAGE_PROGRAMS,
    "surveys.preview": Permission.MANAGE_PROGRAMS,
    "surveys.edit_invitation": Permission.MANAGE_PROGRAMS,
    "surveys.launch": Permission.MANAGE_PROGRAMS,
    "surveys.discard": Permission.MANAGE_PROGRAMS,
    "surveys.end": Permission.MANAGE_PROGRAMS,
    "surveys.wave": Permission.MANAGE_PROGRAMS,
    "surveys.move_closing": Permission.MANAGE_PROGRAMS,
    "register.ballot_page": None,
    "register.sheet": None,
    "register.sign": None,
    "register.kiosk_page": None,
    "register.kiosk": None,
    "urn.cast": None,
    "urn.paper_form": None,
    "urn.paper_cast": None,
    "printing.people": Permission.MANAGE_PROGRAMS,
    "printing.letters": Permission.MANAGE_PROGRAMS,
    "printing.paper_codes": Permission.MANAGE_PROGRAMS,
    "checks.check": None,
    "checks.check_json": None,
    "checks.stored": None,
    "checks.stored_rows": None,
    "notifications.deliveries": Permission.VIEW_DELIVERIES,
    "notifications.retry": Permission.VIEW_DELIVERIES,
    "notifications.retry_all": Permission.VIEW_DELIVERIES,
    "notifications.webhooks": Permission.MANAGE_WEBHOOKS,
    "notifications.remove_webhook": Permission.MANAGE_WEBHOOKS,
    "demo.sign_in": None,
    "demo.mailbox": Permission.USE_APP,
    "demo.message": Permission.USE_APP,
    "results.index": Permission.VIEW_RESULTS,
    "results.program": Permission.VIEW_RESULTS,
    "results.heatmap": Permission.VIEW_RESULTS,
    "results.heatmap_png": Permission.VIEW_RESULTS,
    "results.heatmap_csv": Permission.VIEW_RESULTS,
    "results.trend": Permission.VIEW_RESULTS,
    "results.trend_png": Permission.VIEW_RESULTS,
    "results.trend_svg": Permission.VIEW_RESULTS,
    "results.trend_pdf": Permission.VIEW_RESULTS,
    "results.trend_csv": Permission.VIEW_RESULTS,
    "results.comments": Permission.VIEW_RESULTS,
    "results.history": Permission.IMPORT_HISTORY,
    "results.history_preview": Permission.IMPORT_HISTORY,
    "results.history_confirm": Permission.IMPORT_HISTORY,
    "results.history_errors": Permission.IMPORT_HISTORY,
    "results.history_template": Permission.IMPORT_HISTORY,
    "results.summary": None,
    "results.receipts": None,
    "results.receipts_file": None,
}


def allows(endpoint: str, permissions: frozenset[Permission]) -> bool:
    """Whether these permissions open an endpoint; one that is not in the table stays shut."""
    if endpoint not in ENDPOINTS:
        return False
    needed = ENDPOINTS[endpoint]
    return needed is None or needed in permissions
