"""Departments, employees, holidays: the organization as its roster tells it."""
