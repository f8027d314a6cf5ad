"""What the register refuses, in words."""

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class InvitationUnknown(Refused):
    message = N_("This invitation is not valid for this survey.")
    status = 403


class BallotTaken(Refused):
    message = N_("A ballot was already taken with this invitation, on another device or browser.")
    status = 409


class RequestMalformed(Refused):
    message = N_("This request cannot be read.")


class RequestTooLarge(Refused):
    message = N_("This request is too large.")
    status = 413
