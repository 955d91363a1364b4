"""The office's tables. There is one person whose office it is, so that what is theirs says no name."""

SCHEMA = """
CREATE TABLE firm (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, trade TEXT NOT NULL, domain TEXT NOT NULL, address TEXT NOT NULL,
    phone TEXT NOT NULL, leave_notice INTEGER NOT NULL, carry_days INTEGER NOT NULL, carry_until TEXT NOT NULL,
    certificate_from INTEGER NOT NULL, expense_days INTEGER NOT NULL, receipt_from INTEGER NOT NULL,
    mileage INTEGER NOT NULL, meals INTEGER NOT NULL, remote_days INTEGER NOT NULL, core_hours TEXT NOT NULL,
    it_phone TEXT NOT NULL, password_days INTEGER NOT NULL, bank TEXT NOT NULL, bank_phone TEXT NOT NULL,
    cut_off TEXT NOT NULL, foreign_fee INTEGER NOT NULL, card_fee INTEGER NOT NULL, insurer TEXT NOT NULL,
    insurer_phone TEXT NOT NULL, claim_days INTEGER NOT NULL, clinic TEXT NOT NULL, clinic_phone TEXT NOT NULL,
    clinic_address TEXT NOT NULL, clinic_hours TEXT NOT NULL, cancel_days INTEGER NOT NULL, repeat_days INTEGER NOT NULL
);
CREATE TABLE colleague (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, job TEXT NOT NULL,
    department TEXT NOT NULL, room TEXT NOT NULL, manager INTEGER NOT NULL, since TEXT NOT NULL
);
CREATE TABLE profile (
    id INTEGER PRIMARY KEY, password TEXT NOT NULL, number TEXT NOT NULL, born TEXT NOT NULL, status TEXT NOT NULL,
    private_email TEXT NOT NULL, private_phone TEXT NOT NULL, street TEXT NOT NULL, postcode TEXT NOT NULL,
    city TEXT NOT NULL, country TEXT NOT NULL, tax TEXT NOT NULL, social TEXT NOT NULL, holder TEXT NOT NULL,
    iban TEXT NOT NULL, emergency TEXT NOT NULL, emergency_phone TEXT NOT NULL, hours INTEGER NOT NULL,
    salary INTEGER NOT NULL, cost_center TEXT NOT NULL, health TEXT NOT NULL, granted INTEGER NOT NULL,
    carried INTEGER NOT NULL
);
CREATE TABLE holiday (id INTEGER PRIMARY KEY, day TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE submission (
    id INTEGER PRIMARY KEY, form TEXT NOT NULL, number TEXT NOT NULL, day TEXT NOT NULL, state TEXT NOT NULL
);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, submission INTEGER NOT NULL, field TEXT NOT NULL, label TEXT NOT NULL, value TEXT NOT NULL
);
CREATE TABLE leave (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    half TEXT NOT NULL, halves INTEGER NOT NULL, substitute TEXT NOT NULL, state TEXT NOT NULL
);
CREATE TABLE course (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, about TEXT NOT NULL, day TEXT NOT NULL, begins TEXT NOT NULL,
    hours INTEGER NOT NULL, place TEXT NOT NULL, trainer TEXT NOT NULL, seats INTEGER NOT NULL, price INTEGER NOT NULL,
    mine INTEGER NOT NULL
);
CREATE TABLE policy (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, kind TEXT NOT NULL, insured TEXT NOT NULL, begins TEXT NOT NULL,
    ends TEXT NOT NULL, premium INTEGER NOT NULL, deductible INTEGER NOT NULL, most INTEGER NOT NULL,
    covers TEXT NOT NULL, excludes TEXT NOT NULL
);
CREATE TABLE claim (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, policy INTEGER NOT NULL, day TEXT NOT NULL, place TEXT NOT NULL,
    cause TEXT NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL, paid INTEGER NOT NULL, handler TEXT NOT NULL
);
CREATE TABLE account (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, iban TEXT NOT NULL, balance INTEGER NOT NULL, most INTEGER NOT NULL
);
CREATE TABLE booking (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, day TEXT NOT NULL, other TEXT NOT NULL, iban TEXT NOT NULL,
    purpose TEXT NOT NULL, amount INTEGER NOT NULL, reference TEXT NOT NULL
);
CREATE TABLE standing (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, other TEXT NOT NULL, iban TEXT NOT NULL, amount INTEGER NOT NULL,
    rhythm TEXT NOT NULL, starts TEXT NOT NULL, purpose TEXT NOT NULL
);
CREATE TABLE card (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, digits TEXT NOT NULL, expires TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE doctor (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, field TEXT NOT NULL, room TEXT NOT NULL, languages TEXT NOT NULL,
    about TEXT NOT NULL, away_from TEXT NOT NULL, away_until TEXT NOT NULL
);
CREATE TABLE slot (
    id INTEGER PRIMARY KEY, doctor INTEGER NOT NULL, day TEXT NOT NULL, time TEXT NOT NULL, taken INTEGER NOT NULL
);
CREATE TABLE appointment (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, doctor INTEGER NOT NULL, day TEXT NOT NULL, time TEXT NOT NULL,
    reason TEXT NOT NULL, state TEXT NOT NULL
);
CREATE TABLE prescription (
    id INTEGER PRIMARY KEY, drug TEXT NOT NULL, dose TEXT NOT NULL, doctor INTEGER NOT NULL, day TEXT NOT NULL,
    repeats INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE TABLE mail (
    id INTEGER PRIMARY KEY, thread INTEGER NOT NULL, sent INTEGER NOT NULL, day TEXT NOT NULL, name TEXT NOT NULL,
    email TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, document INTEGER NOT NULL, unread INTEGER NOT NULL
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, day TEXT NOT NULL, begins TEXT NOT NULL, ends TEXT NOT NULL,
    place TEXT NOT NULL, notes TEXT NOT NULL
);
CREATE TABLE guest (id INTEGER PRIMARY KEY, event INTEGER NOT NULL, colleague INTEGER NOT NULL);
CREATE TABLE notice (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL, author TEXT NOT NULL
);
CREATE TABLE document (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL, day TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX by_submission ON entry (submission);
CREATE INDEX by_doctor ON slot (doctor, day);
"""
"""``entry`` is what was sent with any form, one row a field: ``submission.state`` is ``draft`` where a form of several
steps is not sent yet. ``mail.name`` and ``email`` are of the other side; a thread has the id of its first message.
``leave.half`` is empty, ``first``, ``last`` or ``both``. Amounts are cents. Passwords are as they are: whoever sets a
task must be able to ask for one."""
