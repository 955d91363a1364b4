"""What is run on an element of a page (``this``), to find where to click and to change controls."""

from __future__ import annotations

AIM = """function () {
    const reaches = hit => {
        const label = hit.closest('label');
        return this.contains(hit) || (label && label.control === this);
    };
    for (const scroll of [false, true]) {
        if (scroll) this.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
        for (const parts of [1, 3, 9])
            for (const box of this.getClientRects())
                for (let n = 0; n < parts * parts; n++) {
                    const x = box.left + box.width * (2 * (n % parts) + 1) / (2 * parts);
                    const y = box.top + box.height * (2 * Math.floor(n / parts) + 1) / (2 * parts);
                    const hit = document.elementFromPoint(x, y);
                    if (hit && reaches(hit)) return [x, y];
                }
    }
    return null;
}"""
"""A point of it where the mouse reaches it, scrolled to if need be; null where there is none."""

FOCUS = "function () { this.focus(); }"

SELECT_ALL = """function () {
    this.focus();
    if (this.select) this.select();
    else getSelection().selectAllChildren(this);
}"""

FIELD = """function () {
    if (this.isContentEditable || this.localName === 'textarea') return this.readOnly || this.disabled ? 'off' : 'text';
    if (this.localName !== 'input' || /^(button|submit|reset|checkbox|radio|file|hidden|image)$/.test(this.type))
        return '';
    if (this.readOnly || this.disabled) return 'off';
    return /^(date|time|month|week|datetime-local|color|range)$/.test(this.type) ? 'set' : 'text';
}"""
"""How a text gets into it: typed, set, not as it is off, or not at all."""

SET = """function (value) {
    const before = this.value;
    this.value = value;
    if (this.value !== value) {
        this.value = before;
        return false;
    }
    this.focus();
    for (const name of ['input', 'change']) this.dispatchEvent(new Event(name, {bubbles: true}));
    return true;
}"""
"""Set what no key writes; whether it takes that."""

CHOOSE = """function (wanted) {
    const places = wanted.map(one =>
        Array.from(this.options).findIndex(o => o.value === one || o.label.trim() === one));
    if (places.includes(-1)) return wanted[places.indexOf(-1)];
    Array.from(this.options).forEach((one, n) => { one.selected = places.includes(n); });
    for (const name of ['input', 'change']) this.dispatchEvent(new Event(name, {bubbles: true}));
    return null;
}"""
"""Choose options by value or label; the first that there is not."""

SCROLL = """((x, y, dx, dy) => {
    const turns = (one, way, full, seen) => {
        const style = getComputedStyle(one)[way];
        return one[full] > one[seen] && (/auto|scroll/.test(style) || one.localName === 'textarea');
    };
    let one = document.elementFromPoint(x, y);
    while (one && !(dy && turns(one, 'overflowY', 'scrollHeight', 'clientHeight')) &&
        !(dx && turns(one, 'overflowX', 'scrollWidth', 'clientWidth'))) one = one.parentElement;
    (one || document.scrollingElement).scrollBy(dx, dy);
})"""
"""Scroll what the wheel would at a point."""

COPIED = """(() => {
    const one = document.activeElement;
    return one && one.selectionStart != null ? one.value.slice(one.selectionStart, one.selectionEnd)
        : String(getSelection());
})()"""
"""The text that is marked."""
