"""The clinic's shorter forms, field by field; the long one is `questionnaire`."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.sheet import Field, Section, Sheet

APPOINTMENT = Sheet(
    "appointment",
    "AP",
    "Book an appointment",
    "clinic",
    (
        Section(
            "",
            (
                Field("doctor", "Doctor", "fixed"),
                Field("day", "Day", "fixed"),
                Field("time", "Time", "radios", True),
                Field("reason", "Reason for the visit", needed=True),
                Field("first", "This is my first visit to this doctor", "tick"),
                Field("phone", "Phone number for questions", "phone"),
                Field("note", "Note for the doctor", "area"),
            ),
        ),
    ),
    "Book appointment",
)


REPEAT = Sheet(
    "repeat",
    "RX",
    "Repeat a prescription",
    "clinic",
    (
        Section(
            "",
            (
                Field("drug", "Medicine", "fixed"),
                Field("packs", "Number of packs", "number", True, span=(1, 3)),
                Field("pickup", "Pick up", "choice", True, ("At the practice", "Sent to a pharmacy", "By mail")),
                Field("pharmacy", "Name of the pharmacy"),
                Field("changes", "Side effects or changes", "area"),
            ),
        ),
    ),
    "Order prescription",
)


PRACTICE = Sheet(
    "practice",
    "PM",
    "Message to the practice",
    "clinic",
    (
        Section(
            "",
            (
                Field(
                    "topic", "Topic", "choice", True, ("Appointment", "Prescription", "Test results", "Bill", "Other")
                ),
                Field("doctor", "For", "choice"),
                Field("subject", "Subject", needed=True),
                Field("text", "Message", "area", True),
                Field("callback", "Please call me back", "tick"),
                Field("phone", "Phone number for a call", "phone"),
            ),
        ),
    ),
    "Send message",
)
