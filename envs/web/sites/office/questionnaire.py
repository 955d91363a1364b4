"""The clinic's registration form, field by field: what every practice asks new patients."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.sheet import YES_NO, Field, Section, Sheet
from scoutgym.envs.web.sites.people import COUNTRIES

OFTEN = ("Never", "Seldom", "Every week", "Every day")
UNSURE = ("Yes", "No", "Not known")
KIN = ("Partner", "Parent", "Child", "Sibling", "Friend", "Neighbor")


def _ill(*names: str) -> tuple[Field, ...]:
    """Illnesses that one may have had."""
    return tuple(Field(f"ill_{name.lower().replace(' ', '_')}", name, "choice", options=UNSURE) for name in names)


PERSON = (
    Field("title", "Title", "choice", options=("Mr.", "Ms.", "Mx.", "Dr.")),
    Field("first_name", "First name", needed=True),
    Field("last_name", "Last name", needed=True),
    Field("birth_name", "Name at birth"),
    Field("called", "Preferred name"),
    Field("born", "Date of birth", "day", True, when="past"),
    Field("birthplace", "Place of birth"),
    Field("sex", "Sex", "choice", True, ("Female", "Male", "Diverse", "Not stated")),
    Field("nationality", "Nationality"),
    Field("status", "Marital status", "choice", options=("Single", "Married", "Divorced", "Widowed", "Partnership")),
    Field("language", "Language"),
    Field("interpreter", "Interpreter needed?", "choice", options=YES_NO),
    Field("religion", "Religion, for care and meals"),
    Field("occupation", "Occupation"),
    Field("employer", "Employer"),
)

CONTACT = (
    Field("street", "Street and number", needed=True),
    Field("supplement", "Apartment or floor"),
    Field("postcode", "Postal code", needed=True),
    Field("city", "City", needed=True),
    Field("country", "Country", "choice", options=COUNTRIES),
    Field("mobile", "Mobile phone", "phone", True),
    Field("home_phone", "Home phone", "phone"),
    Field("work_phone", "Work phone", "phone"),
    Field("email", "E-mail address", "email"),
    Field("way", "Best way to reach you", "choice", options=("Mobile phone", "Home phone", "E-mail", "Letter")),
    Field("hours", "Best time to call", "choice", options=("Morning", "Noon", "Afternoon", "Evening")),
    Field("emergency_name", "Emergency contact", needed=True),
    Field("emergency_kin", "Emergency contact is your", "choice", options=KIN),
    Field("emergency_phone", "Phone of the emergency contact", "phone", True),
)

PAYER = (
    Field("insurer", "Health insurer", needed=True),
    Field("kind", "Type of health insurance", "choice", True, ("Public", "Private", "Through the employer", "None")),
    Field("member", "Member number", needed=True),
    Field("since", "Insured since", "day", when="past"),
    Field("main_insured", "Main insured person"),
    Field("main_born", "Main insured person born on", "day", when="past"),
    Field("extra_insurer", "Additional insurer"),
    Field("extra_number", "Additional policy number"),
    Field("exempt", "Free of co-payments?", "choice", options=YES_NO),
    Field("payer", "Bills go to"),
    Field("payer_address", "Address for bills"),
    Field("before", "Practice you went to before"),
    Field("transfer", "Ask that practice for my records", "tick"),
)

HISTORY = (
    Field("height", "Height in centimeters", "number", span=(40, 250)),
    Field("weight", "Weight in kilograms", "number", span=(2, 350)),
    Field("blood", "Blood group", "choice", options=("A+", "A-", "B+", "B-", "AB+", "AB-", "0+", "0-", "Not known")),
    *_ill("Asthma", "Diabetes", "High blood pressure", "Heart disease", "Thyroid disease", "Epilepsy", "Migraine"),
    *_ill("Kidney disease", "Cancer", "Depression", "Stroke", "Rheumatism", "Hepatitis"),
    Field("other_illness", "Other illnesses", "area"),
    Field("operations", "Operations", "area"),
    Field("hospital", "Last stay in a hospital (year)", "number", span=(1900, 2100)),
    Field("implants", "Implants or pacemaker?", "choice", options=YES_NO),
)

DRUGS = (
    Field("drug1", "First medicine"),
    Field("dose1", "First medicine, dose"),
    Field("drug2", "Second medicine"),
    Field("dose2", "Second medicine, dose"),
    Field("drug3", "Third medicine"),
    Field("dose3", "Third medicine, dose"),
    Field("thinner", "Blood thinners?", "choice", options=YES_NO),
    Field("allergic", "Any allergies?", "choice", True, UNSURE),
    Field("allergy_drug", "Allergy to medicines"),
    Field("allergy_food", "Allergy to food"),
    Field("allergy_other", "Other allergies"),
    Field("tetanus", "Last tetanus vaccination (year)", "number", span=(1900, 2100)),
    Field("flu", "Vaccinated against flu?", "choice", options=UNSURE),
    Field("measles", "Vaccinated against measles?", "choice", options=UNSURE),
    Field("rabies", "Vaccinated against rabies?", "choice", options=UNSURE),
)

LIFE = (
    Field("father", "Illnesses of your father"),
    Field("mother", "Illnesses of your mother"),
    Field("siblings", "Illnesses of brothers and sisters"),
    Field("smoking", "Smoking", "choice", options=OFTEN),
    Field("alcohol", "Alcohol", "choice", options=OFTEN),
    Field("coffee", "Coffee", "choice", options=OFTEN),
    Field("sport", "Sport", "choice", options=OFTEN),
    Field("sleep", "Hours of sleep", "number", span=(1, 16)),
    Field("diet", "Diet", "choice", options=("Mixed", "Vegetarian", "Vegan", "Other")),
    Field("stress", "Stress at work", "choice", options=("Low", "Medium", "High")),
    Field("pregnant", "Pregnant?", "choice", options=(*YES_NO, "Does not apply")),
    Field("glasses", "Glasses or contact lenses?", "choice", options=YES_NO),
    Field("eyes", "Last eye check (year)", "number", span=(1900, 2100)),
    Field("teeth", "Last dental check (year)", "number", span=(1900, 2100)),
)

CONSENT = (
    Field("reason", "Reason for registering", "area", True),
    Field("doctor", "Doctor you would like", "choice"),
    Field("heard", "How did you hear of us?", "choice", options=("Employer", "Friends", "Internet", "Insurer")),
    Field("reminders", "Send me reminders", "tick"),
    Field("results", "Send test results by e-mail", "tick"),
    Field("research", "My data may be used for research", "tick"),
    Field("privacy", "I have read the privacy notice", "tick", True),
    Field("place", "Place"),
    Field("signature", "Signature (your full name)", needed=True),
)

REGISTRATION = Sheet(
    "registration",
    "RG",
    "Registration",
    "clinic",
    (
        Section("Person", PERSON),
        Section("Contact", CONTACT),
        Section("Insurance", PAYER),
        Section("Medical history", HISTORY),
        Section("Medicines, allergies, vaccinations", DRUGS),
        Section("Family and habits", LIFE),
        Section("Consent", CONSENT),
    ),
)
