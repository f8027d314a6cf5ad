"""Outbox, mail and webhooks: everything that leaves the house."""
