"""The installation's minimums, as doors read them from the configuration."""

from flask import current_app

from employee_pulse.surveys.rules.thresholds import Thresholds


def present_thresholds() -> Thresholds:
    """What the configuration asks for now; waves keep what was promised at their opening."""
    policy = current_app.config["POLICY"]
    return Thresholds(
        scores=policy.min_scores,
        distributions=policy.min_distributions,
        comments=policy.min_comments,
        participation=policy.min_participation,
        drivers=policy.min_drivers,
    )
