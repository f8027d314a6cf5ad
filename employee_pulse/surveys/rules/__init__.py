"""Pure rules of surveys: periods and dates, questions, programs, waves."""
