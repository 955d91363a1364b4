"""Write tests/browsergym.json: what BrowserGym's own functions make of our objects.

It takes both packages, which cannot be installed together, so it is run twice::

    python tests/make_browsergym.py objects > objects.json
    python -m venv there && there/bin/pip install browsergym-core==0.14.3
    there/bin/python tests/make_browsergym.py texts < objects.json > tests/browsergym.json
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "browsergym.json"
PAGES = ("/controls", "/texts", "/fields")
SAID = "it's so\\ ü"
"""Without double quotes, which BrowserGym pastes into attributes as they are."""


def objects() -> Iterator[dict[str, Any]]:
    """Pages of the small site of the tests, with fields that were changed."""
    from web_pages import opened

    from scoutgym.envs.web.browser.dom import DomBrowser
    from scoutgym.envs.web.browser.protocol import axtree, document, properties

    browser = DomBrowser(*opened("plant"))
    for address in PAGES:
        browser.open(address)
        here, page = browser.here, browser.page
        for control in page.controls.values():
            if control.kind in ("text", "search", "textarea"):
                browser.write(control, SAID)
            elif control.kind == "checkbox" and not control.disabled:
                browser.click(control.bid, control.bid)
        yield {
            "url": here.url,
            "axtree": axtree(page, here.fields, here.focus),
            "dom": document(page, here.fields, here.url),
            "properties": properties(page, None),
            "text": page.text(here.fields, here.focus),
            "html": here.html,
        }


def key(value: Any) -> str:
    """A hash of an object."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def texts(found: dict[str, Any]) -> dict[str, Any]:
    """What BrowserGym writes of an object, and the hashes of what it was written of."""
    from browsergym.utils.obs import flatten_axtree_to_str, flatten_dom_to_str

    more = {"extra_properties": found["properties"], "with_clickable": True, "with_som": True}
    return {
        "url": found["url"],
        "keys": {name: key(found[name]) for name in ("axtree", "dom", "properties")},
        "axtree": flatten_axtree_to_str(found["axtree"]),
        "marked": flatten_axtree_to_str(found["axtree"], filter_som_only=True, **more),
        "dom": flatten_dom_to_str(found["dom"]),
    }


if __name__ == "__main__":
    if sys.argv[1:] == ["objects"]:
        print(json.dumps(list(objects())))
    else:
        print(json.dumps([texts(found) for found in json.load(sys.stdin)], indent=1, ensure_ascii=False))
