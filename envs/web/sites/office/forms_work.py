"""The forms of HR and messages, field by field."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.sheet import YES_NO, Field, Section, Sheet
from scoutgym.envs.web.sites.people import COUNTRIES

VACATION = "Vacation"
LINES = 4
"""Of an expense claim."""

LEAVE = Sheet(
    "leave",
    "LV",
    "Request leave",
    "hr",
    (
        Section(
            "",
            (
                Field(
                    "kind",
                    "Type of leave",
                    "choice",
                    True,
                    (VACATION, "Special leave", "Unpaid leave", "Parental leave"),
                ),
                Field("first", "First day", "day", True),
                Field("half_first", "The first day is a half day", "tick"),
                Field("last", "Last day", "day", True),
                Field("half_last", "The last day is a half day", "tick"),
                Field("substitute", "Substitute", "choice", True),
                Field("reachable", "Phone number during leave", "phone"),
                Field("comment", "Comment", "area"),
            ),
        ),
    ),
    "Request leave",
)


SICK = Sheet(
    "sick",
    "SN",
    "Sick note",
    "hr",
    (
        Section(
            "",
            (
                Field("first", "First day of absence", "day", True, when="past"),
                Field("last", "Expected last day", "day", True),
                Field("certificate", "I have a certificate", "tick"),
                Field("certificate_number", "Certificate number"),
                Field("accident", "Accident at work?", "choice", True, YES_NO),
                Field("handed", "Work handed over to", "choice"),
                Field("comment", "Comment", "area"),
            ),
        ),
    ),
    "Send sick note",
)


COURSE = Sheet(
    "course",
    "TC",
    "Course registration",
    "hr",
    (
        Section(
            "",
            (
                Field("course", "Course", "fixed"),
                Field("reason", "Why this course?", "area", True),
                Field("cost_center", "Cost center", needed=True),
                Field("level", "What you know already", "choice", True, ("Nothing yet", "The basics", "A lot")),
                Field("diet", "Lunch", "choice", False, ("No preference", "Vegetarian", "Vegan", "No lunch")),
                Field("access", "Anything we should prepare for you"),
                Field("agreed", "My manager has agreed", "tick", True),
            ),
        ),
    ),
    "Register",
)


ADDRESS = Sheet(
    "address",
    "AD",
    "Change address",
    "hr",
    (
        Section(
            "",
            (
                Field("street", "Street and number", needed=True),
                Field("postcode", "Postal code", needed=True),
                Field("city", "City", needed=True),
                Field("country", "Country", "choice", True, COUNTRIES),
                Field("valid", "Valid from", "day", True),
                Field("private_phone", "Private phone", "phone", True),
                Field("private_email", "Private e-mail address", "email", True),
                Field("payroll", "Tell payroll as well", "tick"),
                Field("insurer", "Tell the insurer as well", "tick"),
            ),
        ),
    ),
    "Save address",
)


PAYMENT = Sheet(
    "payment",
    "BD",
    "Change bank data",
    "hr",
    (
        Section(
            "",
            (
                Field("holder", "Account holder", needed=True),
                Field("iban", "New account number (IBAN)", "iban", True),
                Field("again", "Repeat the account number", "iban", True),
                Field("bank", "Name of the bank"),
                Field("valid", "Valid from", "day", True, when="future"),
            ),
        ),
    ),
    "Save bank data",
    "Your salary will go to this account.",
)


EXPENSE = Sheet(
    "expense",
    "EX",
    "Expense claim",
    "hr",
    (
        Section(
            "Claim",
            (
                Field("purpose", "Purpose", needed=True),
                Field("cost_center", "Cost center", needed=True),
                Field("project", "Project number"),
                Field("customer", "Customer"),
                Field("payout", "Pay out", "choice", True, ("With the next salary", "To my account at once")),
            ),
        ),
        *(
            Section(
                f"Line {line}",
                (
                    Field(f"day{line}", f"Line {line} date", "day", when="past"),
                    Field(
                        f"kind{line}",
                        f"Line {line} type",
                        "choice",
                        False,
                        ("Travel", "Lodging", "Meals", "Office supplies", "Training", "Other"),
                    ),
                    Field(f"about{line}", f"Line {line} description"),
                    Field(f"amount{line}", f"Line {line} amount ($)", "money"),
                    Field(f"receipt{line}", f"Line {line} has a receipt", "tick"),
                ),
            )
            for line in range(1, LINES + 1)
        ),
        Section(
            "Confirmation",
            (Field("comment", "Comment", "area"), Field("true", "All lines were paid by me", "tick", True)),
        ),
    ),
    "Send claim",
)


MAIL = Sheet(
    "mail",
    "MS",
    "Write a message",
    "messages",
    (
        Section(
            "",
            (
                Field("to", "Recipient", needed=True, hint="A name from the directory, or an e-mail address."),
                Field("subject", "Subject", needed=True),
                Field("text", "Message", "area", True),
                Field("document", "Attach a document", "choice"),
            ),
        ),
    ),
    "Send message",
)
