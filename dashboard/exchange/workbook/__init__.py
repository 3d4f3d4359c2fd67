"""The workbook that is made for one area, filled in without a network, and read again."""

from dashboard.exchange.workbook import form, marked
from dashboard.exchange.workbook.form import Ask, Form, Task
from dashboard.exchange.workbook.meta import Origin, is_whole, origin

__all__ = ["Ask", "Form", "Origin", "Task", "form", "is_whole", "marked", "origin"]
