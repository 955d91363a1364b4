"""Messages of the office: templates, with the facts of `papers`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A message that came, and what the user answered, if anything."""

    name: str
    email: str
    subject: str
    text: str
    answer: str = ""


LETTERS = (
    Letter(
        "{hr_name}",
        "{hr_email}",
        "Your leave",
        """
Hello {me},
please plan your leave for the summer by the end of the month. Who is your substitute?
{hr_name}
""",
        """
Hello,
I will ask {other} and come back to you.
{me}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Numbers for the budget review",
        """
Hi {me},
the travel costs were {amount1} and the training costs {amount2}. Can you check them before the meeting?
{other}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Lunch on the {dayn}th?",
        """
Shall we go to the new place in {street_name}? I have a table for {time}.
{other}
""",
        """
Gladly. I may be ten minutes late.
{me}
""",
    ),
    Letter(
        "{firm} IT desk",
        "{it_email}",
        "Your password",
        """
Dear colleague,
your password expires in {weeks} days. You can change it at your desk. We never ask for it by mail.
IT desk
""",
    ),
    Letter(
        "{clinic}",
        "{clinic_email}",
        "Reminder of your check-up",
        """
Dear {me},
your last check-up was {weeks} months ago. Please book an appointment, and tell us if {drug} still agrees with you.
{clinic}
""",
    ),
    Letter(
        "{insurer}",
        "{insurer_email}",
        "About your claim",
        """
Dear {me},
we need a photo of the {thing1} and the bill over {amount1}. You can send them to this address.
{insurer}
""",
        """
Dear team,
the bill follows tomorrow. My phone number is {my_phone}.
{me}
""",
    ),
    Letter(
        "{bank}",
        "{bank_email}",
        "Your new card",
        """
Dear {me},
your new card ending in {digits} is on its way. The PIN comes in a letter of its own. Never tell it to anybody, not \
even us.
{bank}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Customer {company}",
        """
Hi,
{fourth} of {company} asked for an offer by the {dayn}th. The contact is {phone}. Discount at most {discount} %.
{other}
""",
    ),
    Letter(
        "{manager}",
        "{manager_email}",
        "Project {number}{count}",
        """
Hello {me},
can you take over the project from {other}? The budget is {amount4}, the customer {company}. Let me know by the \
{dayn}th.
{manager}
""",
        """
Yes, I can. I would like to talk to {other} first.
{me}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Birthday of {third}",
        """
Hi all,
{third} turns {age} on the {dayn}th. We collect for a present, $5 each, to the account {iban} please. And no word!
{other}
""",
    ),
    Letter(
        "{hr_name}",
        "{hr_email}",
        "Missing certificate",
        """
Hello {me},
for your absence in {month} the certificate is missing. Please hand it in within {weeks} days.
{hr_name}
""",
        """
Hello,
I had {illness}; the doctor sends the certificate by mail.
{me}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Keys of room {room}",
        """
Hi {me},
the keys are with the reception from {time} on. Please bring them back on the {dayn}th.
{other}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Car pool",
        """
Hello,
I drive from {city} at {time} every day and have a seat free. {amount3} a week would be fair. My number is {phone}.
{other}
""",
    ),
    Letter(
        "{manager}",
        "{manager_email}",
        "Well done",
        """
Hello {me},
the customer was very pleased with your talk. Please send the slides to {third}, {third_phone}.
{manager}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Emergency contact",
        """
Hi {me},
when I am away, please call {fourth} on {phone} if anything happens. {fourth} knows about my {illness}.
{other}
""",
        """
Noted. Get well soon.
{me}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Apartment",
        """
Hi,
I saw that you are looking for an apartment. Mine at {street}, {city} will be free in {month}: {rent} a month. Call \
{phone}.
{other}
""",
    ),
    Letter(
        "{university}",
        "{email2}",
        "Alumni meeting",
        """
Dear {me},
the class of {year1} meets on the {dayn}th of {month}. There is a {belief} service before the dinner.
{university}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Minutes",
        """
Hi {me},
please find the minutes below. {third} writes the next ones.
1. Budget: {amount4}
2. New printer: {amount2}
3. Party on the {dayn}th
{other}
""",
    ),
    Letter(
        "{other}",
        "{email}",
        "Gym class",
        """
Hello,
the class on Tuesday moves to {time}. The trainer is {fifth}. Bring a towel.
{other}
""",
    ),
)
