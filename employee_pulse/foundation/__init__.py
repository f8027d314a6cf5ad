"""What every room stands on: database, clock, refusals, phrases, working days, tables of text."""
