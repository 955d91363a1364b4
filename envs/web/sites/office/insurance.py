"""Insurance: policies, the damage claim and where claims stand."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office import iban
from scoutgym.envs.web.sites.office.forms_money import DAMAGE, ITEMS
from scoutgym.envs.web.sites.office.hr import entries
from scoutgym.envs.web.sites.office.sheet import Options, cents, read
from scoutgym.envs.web.sites.office.site import Worker, money, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

STATES = {"received": "Received", "checking": "Being checked", "paid": "Paid", "refused": "Refused"}


@page("/insurance")
def policies(visit: Worker) -> Response:
    """All policies."""
    found = visit.rows("SELECT * FROM policy ORDER BY id")
    return visit.show("policies.html", title="Policies", policies=found)


@page("/insurance/policies/<number>")
def policy(visit: Worker, number: str) -> Response:
    """What one covers."""
    found = visit.one("SELECT * FROM policy WHERE number = ?", number)
    claims = visit.rows("SELECT * FROM claim WHERE policy = ? ORDER BY id DESC", found["id"])
    return visit.show("policy.html", title=f"{found['kind']} insurance", policy=found, claims=claims, states=STATES)


@page("/insurance/claims")
def claims(visit: Worker) -> Response:
    """All claims, the newest first."""
    found = visit.rows("SELECT claim.*, kind FROM claim JOIN policy ON policy.id = policy ORDER BY claim.id DESC")
    return visit.show("claims.html", title="Your claims", claims=found, states=STATES)


@page("/insurance/claims/<number>")
def claim(visit: Worker, number: str) -> Response:
    """One claim, and what was sent with it."""
    found = visit.one(
        "SELECT claim.*, kind, policy.number AS policy FROM claim JOIN policy ON policy.id = policy "
        "WHERE claim.number = ?",
        number,
    )
    sent = visit.maybe("SELECT * FROM submission WHERE number = ?", number)
    said = entries(visit, sent) if sent else []
    return visit.show("claim.html", title=f"Claim {number}", claim=found, entries=said, states=STATES)


def _options(visit: Worker) -> Options:
    found = visit.rows("SELECT * FROM policy ORDER BY id")
    return {"policy": [(one["number"], f"{one['kind']} {one['number']}") for one in found]}


def _lead(visit: Worker) -> str:
    return f"Damage must be reported within {visit.firm['claim_days']} days."


@page("/insurance/claim")
def damage(visit: Worker) -> Response:
    """The form."""
    values = {"policy": visit.query.get("policy", ""), "iban": iban.grouped(visit.profile["iban"])}
    return visit.ask(DAMAGE, Posted(values), _options(visit), lead=_lead(visit))


@page("/insurance/claim", post=True)
def damage_posted(visit: Worker) -> Response:
    """Open a claim, where a policy was running."""
    posted, options = Posted(visit.form), _options(visit)
    sent = read(DAMAGE.fields, posted, options, visit.now)
    if sent["other"] == "Yes" and not sent["other_name"]:
        posted.errors["other_name"] = "Enter the name of the other party."
    found = visit.maybe("SELECT * FROM policy WHERE number = ?", sent["policy"])
    if found is not None and not {"day", "amount"} & posted.errors.keys():
        _check(visit, posted, sent, found)
    if posted.errors or found is None:
        return visit.ask(DAMAGE, posted, options, lead=_lead(visit))
    _, number = visit.record(DAMAGE, sent)
    visit.do(
        "INSERT INTO claim VALUES (NULL, ?, ?, ?, ?, ?, ?, 'received', 0, '')",
        *(number, found["id"], sent["day"], sent["place"], sent["cause"], cents(sent["amount"])),
    )
    return visit.go(f"/insurance/claims/{number}", note="sent")


def _check(visit: Worker, posted: Posted, sent: dict[str, str], policy: Row) -> None:
    if not policy["begins"] <= sent["day"] <= policy["ends"]:
        posted.errors["policy"] = (
            f"This policy runs from {policy['begins']} to {policy['ends']}: it does not cover that day."
        )
    if sent["day"] < (date.fromisoformat(visit.now) - timedelta(visit.firm["claim_days"])).isoformat():
        posted.errors["day"] = f"This is too long ago: damage must be reported within {visit.firm['claim_days']} days."
    if cents(sent["amount"]) > policy["most"]:
        posted.errors["amount"] = f"This policy covers at most {money(policy['most'])}."
    items = [cents(sent[f"amount{item}"]) for item in range(1, ITEMS + 1)]
    if any(items) and sum(items) != cents(sent["amount"]):
        posted.errors["amount"] = f"The items add up to {money(sum(items))}."
