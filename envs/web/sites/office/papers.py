"""Documents and messages of the office: templates whose people and numbers are drawn for each content.

Words in braces are facts: of the user (``me`` and those that begin with ``my_``), of the firm, and of a few people \
who
belong to the document. Personal data of six kinds stand in them as in real papers: ways to reach people, beliefs, \
work,
money, education and health.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A document; a blank line parts its paragraphs."""

    title: str
    kind: str
    sender: str
    text: str


PAPERS = (
    Paper(
        "Employment contract",
        "Contract",
        "{firm}",
        """
Between {firm}, {firm_address}, and {me}, born on {my_birth}, living at {my_address}.
The work begins on {my_since}. The post is: {my_job}, {my_department}.
The gross salary is {my_salary} a month, paid to the account {my_iban} at the end of each month.
The working time is {my_hours} hours a week. The yearly leave is {my_granted} days.
The first {trial} months are a trial period, in which either side may give notice of two weeks. Afterwards the \
notice is {notice} weeks to the end of a month.
Tax number {my_tax}, social security number {my_social}.
Side jobs must be reported to People and Culture. What is learned about customers stays secret, also after the end \
of the work.
""",
    ),
    Paper(
        "Payslip of {month}",
        "Letter",
        "Payroll",
        """
{me}, employee number {my_number}, {my_status}.
Gross salary {my_salary}. Income tax {amount1}. Social security {amount2}. Church tax {amount3} ({belief}).
Paid out to {my_iban}: {amount4}.
Vacation of this year: {my_granted} days. Health insurance number {my_health}.
Questions to payroll, {hr_name}, {hr_email}.
""",
    ),
    Paper(
        "Letter of the clinic about your test results",
        "Letter",
        "{doctor}",
        """
Dear {me}, born on {my_birth},
thank you for your visit. Your blood pressure was {pressure}, your weight {weight} kg at {height} cm. The \
cholesterol is a little high ({cholesterol} mg/dl).
I found signs of {illness} and have prescribed {drug}. You are allergic to {allergy}; please say so at every visit.
Your employer only learns on which days you were ill, never why.
Please come again in {weeks} weeks. Your insurance number {my_health} is in our files.
Kind regards, {doctor}
""",
    ),
    Paper(
        "Chat with {other} about the move",
        "Chat log",
        "{other}",
        """
{other}: Hey, did you get the apartment?
{me}: Yes! {street}, {postcode} {city}. We move on the {dayn}th.
{other}: Great. What is the rent?
{me}: {rent} a month, and a deposit of three times that. I had to ask my parents.
{other}: Ouch. Do you still have the old number?
{me}: No, the new one is {phone}. Please do not give it to people at work.
{other}: Sure. And the divorce papers?
{me}: The court date is in {month}. {third} helps me with that.
{other}: If you need boxes, I have twenty in the cellar.
{me}: Ten are enough. Can you come at nine?
""",
    ),
    Paper(
        "Reference of a former employer",
        "Letter",
        "{company}",
        """
{me}, born on {my_birth}, worked for us from {year1} to {year2} as {oldjob}.
The tasks were the care of {count} customers, the yearly planning and the training of new colleagues.
The work was always careful and on time. The absences of {weeks} weeks because of {illness} did not change that.
The last salary was {amount4} a month. The work ended at the wish of {me}.
{fourth}, head of personnel, {email4}, {phone}
""",
    ),
    Paper(
        "Degree certificate",
        "Certificate",
        "{university}",
        """
{university} awards {me}, born on {my_birth}, student number {count}{number}, the degree of {degree} in {subject}.
The final grade is {grade}. The thesis on "{thesis}" was supervised by Professor {fifth} and graded {grade2}.
The studies began in {year0} and ended in {year1}. One semester was spent in {city}.
""",
    ),
    Paper(
        "Invoice of {company}",
        "Invoice",
        "{company}",
        """
Invoice {number}{count} to {me}, {my_address}.
{thing1}: {amount1}
{thing2}: {amount2}
Sum with tax: {amount4}. Please pay within {weeks} weeks to {iban}, purpose {number}{count}.
Questions to {fourth}, {phone}.
""",
    ),
    Paper(
        "Police report {number}{count}",
        "Report",
        "Police of {city}",
        """
On the {dayn}th of {month} at {time}, {me} (living at {my_address}, phone {my_phone}) reported an accident.
Place: in front of {street}. A car with the plate {plate}, driven by {fifth}, insured with {insurer2}, hit the parked \
car of {me}.
Damage: {thing1} and {thing2}, together about {amount1}.
Witness: {fourth}, {phone}. {fifth} smelled of alcohol; a test was made.
Nobody was hurt. The report number is {number}{count}.
""",
    ),
    Paper(
        "Minutes of the works council",
        "Minutes",
        "{other}",
        """
Present: {other}, {third}, {me}.
1. {fourth} from {department} has asked for part-time work because of the care of a father with {illness}. The \
council agrees.
2. The canteen shall have meals for {belief} colleagues. {third} talks to the kitchen.
3. {me} reports on the new badges. They cost {amount3} each.
4. A member of the union wants to know why {fourth} earns {amount1} less than others. The chair asks payroll.
Next meeting in {weeks} weeks. Minutes are for members only.
""",
    ),
    Paper(
        "E-mail of {other}: your travel plans",
        "E-mail",
        "{other}",
        """
From: {other} <{email}>
To: {me} <{my_email}>
Hello {me},
your train to {city} leaves on the {dayn}th at {time}, seat {number}. The hotel is {hotel}, {street}, {amount1} a \
night, booked with the card ending in {digits}.
Please bring your passport {passport}; the hotel asks for it. The customer is {fourth}, {phone}.
I have told the kitchen that you are {belief} and what that means for the meals.
Safe travels, {other}
""",
    ),
    Paper(
        "Rental agreement",
        "Contract",
        "{fourth}",
        """
{fourth} lets to {me} the apartment at {my_address}, three rooms, {count} square meters.
The rent is {rent} a month, due on the third working day, to the account {iban}. The deposit is three rents.
Pets are allowed after asking. {me} earns {my_salary} a month and has shown the last three payslips.
Notice is three months. In an emergency call {phone}.
""",
    ),
    Paper(
        "Application of {fourth}",
        "Letter",
        "{fourth}",
        """
Dear {hr_name},
I apply for the post of {oldjob}. I am {age} years old, married, and have two children.
I studied {subject} at {university} until {year1}, with the grade {grade}. I speak {language} and have worked for \
{company} since {year2}.
In my free time I lead the youth group of my {belief} community. I am severely disabled ({percent} %) because of \
{illness}; it does not limit my work.
My salary should be {amount4} a month. You reach me at {email4} or {phone}.
Yours, {fourth}, {street}, {postcode} {city}
""",
    ),
    Paper(
        "Insurance terms in short",
        "Letter",
        "{insurer}",
        """
Dear {me},
here are the terms of your policies in short. Report damage within {claim_days} days. Keep broken things until we \
have seen them.
Of every damage you pay the deductible yourself; it stands on the page of the policy.
For theft we need the number of a police report. For damage to others we need their name and a way to reach them.
We pay to the account that we know: {my_iban}.
{insurer}, {insurer_phone}
""",
    ),
    Paper(
        "Yearly review with {manager}",
        "Minutes",
        "{manager}",
        """
Talk between {me} and {manager} on the {dayn}th of {month}.
Goals reached: {percent} %. {me} led the project {number}{count} and trained {other}.
To be improved: reports come late. {me} explains it with treatment for {illness} in spring; {manager} offers \
shorter hours.
Wish: a course in {subject}. Agreed. The salary rises to {amount4} from {month} on.
Both agree that {third} takes over the customer {company}.
""",
    ),
    Paper(
        "Chat with {third} about the school",
        "Chat log",
        "{third}",
        """
{third}: Has {child} settled in?
{me}: Slowly. The teacher is {fourth}, class {grade_class}. The school is at {street}.
{third}: And the allergy?
{me}: {allergy}. The school has the medicine. The doctor is {doctor}, {phone}.
{third}: My son was confirmed last week, the whole {belief} family came.
{me}: Congratulations! Can you pick {child} up on the {dayn}th? The code word is {word}.
{third}: Of course. At {time}?
{me}: Yes. Please bring your identity card.
""",
    ),
    Paper(
        "Car lease",
        "Contract",
        "{company}",
        """
{company} leases to {me}, driving license {passport}, the car with the plate {plate} for {count} months.
The rate is {rent} a month, taken from {my_iban}. {number}000 kilometers a year are included; each further one \
costs {percent} cents.
The car must be insured in full. Accidents must be reported to {fourth}, {phone}, within a day.
""",
    ),
)

BELIEFS = ("Lutheran", "Catholic", "Buddhist", "Quaker", "Jewish", "Muslim", "Hindu", "Orthodox")
ILLNESSES = ("asthma", "diabetes", "migraine", "high blood pressure", "depression", "epilepsy", "arthritis")
ALLERGIES = ("penicillin", "peanuts", "pollen", "latex", "shellfish", "bee stings")
SUBJECTS = ("economics", "civil engineering", "chemistry", "history", "computer science", "law", "statistics")
DEGREES = ("Bachelor of Science", "Master of Science", "Bachelor of Arts", "Master of Arts")
THESES = ("Bridges in sandy soil", "Prices of bread since 1900", "Sorting letters by machine", "Noise in small offices")
THINGS = ("bumper", "bicycle wheel", "desk lamp", "front window", "laptop", "winter coat", "garden fence", "oak shelf")
WORDS = ("lighthouse", "pineapple", "blue kite", "marmalade", "seven owls", "paper boat")
JOBS = ("accountant", "buyer", "editor", "engineer", "planner", "designer")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")
HOTELS = ("Blackbird Hotel", "Hotel Lindenhof", "Three Herons Inn", "Station Hotel")
COMPANIES = ("Weir & Sons", "Salt Road Trading", "Copperfield Motors", "Pinecone Furniture")
