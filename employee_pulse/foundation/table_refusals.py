"""Why a file of rows is not read."""

from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class TableRefused(Refused):
    """The file as a whole cannot be read; errors of single rows are ``RowError`` values."""


class FileTooLarge(TableRefused):
    message = N_("The file is larger than %(megabytes)s MB. Please split it into smaller files.")
    status = 413


class FileEmpty(TableRefused):
    message = N_("The file is empty.")


class NoRows(TableRefused):
    message = N_("The file has a header, but no row below it.")


class TooManyRows(TableRefused):
    message = N_("The file has more than %(limit)s rows.")


class TooManyColumns(TableRefused):
    message = N_("Line %(line)s has more than %(limit)s columns.")


class TooManyCells(TableRefused):
    message = N_(
        "The file has more than %(limit)s cells. Please leave out columns that are not needed."
    )


class EncodingUnknown(TableRefused):
    message = N_(
        "Line %(line)s cannot be read as UTF-8 or as CP949 (Korean Windows). "
        "Please save the file as “CSV UTF-8” and try again."
    )


class QuoteNotClosed(TableRefused):
    message = N_(
        "The quotation marks from line %(line)s on do not match. "
        "A cell in quotation marks must end with one, and a mark inside it is written twice."
    )


class HeaderEmpty(TableRefused):
    message = N_("Column %(column)s has no name in the header (line %(line)s).")


class HeaderDouble(TableRefused):
    message = N_("Two columns of the header are named “%(name)s” (line %(line)s).")


class RowTooLong(TableRefused):
    message = N_(
        "Line %(line)s has %(cells)s cells, but the header names only %(columns)s columns. "
        "Is a comma missing its quotation marks?"
    )


class ControlCharacter(TableRefused):
    message = N_(
        "Line %(line)s, column “%(column)s” holds a character that cannot be shown (%(code)s). "
        "Please delete it."
    )


class WebPage(TableRefused):
    message = N_(
        "This file is a web page that was named like a table. "
        "Please open it in Excel and save it as XLSX or as “CSV UTF-8”."
    )


class OldWorkbook(TableRefused):
    message = N_(
        "This is an old Excel file (.xls), or one locked with a password. "
        "Please save it as XLSX without a password, or as “CSV UTF-8”."
    )


class WorkbookBroken(TableRefused):
    message = N_("This file cannot be read as an Excel workbook (XLSX). It may be damaged.")


class WorkbookTooLarge(TableRefused):
    message = N_(
        "This workbook unpacks to far more than it may hold, so it was not opened. "
        "Please save the rows you need as “CSV UTF-8”."
    )


class CellBroken(TableRefused):
    message = N_("Line %(line)s holds a formula that ends in an error (%(value)s).")
