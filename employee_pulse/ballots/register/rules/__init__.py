"""Pure rules of the register: reporting groups, invitations, reminders, the sheet."""
