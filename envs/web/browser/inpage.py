"""What is run in a page of Chromium: to read it, to find where to click, and to put a past state back.

Elements are named by their place in document order, as everywhere. Nothing is written into a page.
"""

from __future__ import annotations

DUMP = """(() => {
    const values = [], all = document.getElementsByTagName('*');
    let focus = 0;
    for (let i = 0; i < all.length; i++) {
        const one = all[i], tag = one.localName;
        if (one === document.activeElement && one !== document.body) focus = i;
        if (tag === 'textarea') values.push([i, one.value]);
        else if (tag === 'select')
            values.push([i, Array.from(one.options, (o, n) => o.selected ? n : -1).filter(n => n >= 0)]);
        else if (tag === 'input')
            values.push([i, one.type === 'checkbox' || one.type === 'radio' ? one.checked : one.value]);
    }
    // A parser drops the first line feed of a textarea, and a serialiser does not put it back.
    const html = document.documentElement.outerHTML.replace(/<textarea[^>]*>(?=\\n)/g, '$&\\n');
    return {html: (document.doctype ? '<!DOCTYPE html>' : '') + html, values, focus, url: location.href};
})()"""
"""The page: HTML, values of its controls, focus, address."""

AIM = """(place => {
    const all = Array.from(document.getElementsByTagName('*')), wanted = all[place];
    const inside = 'a[href], button, input, select, textarea, option, label[for]';
    const reached = one => {
        const found = one.closest(inside);
        return found && found.localName === 'label' ? found.control : found;
    };
    const view = wanted.getBoundingClientRect();
    if (view.top < 0 || view.left < 0 || view.bottom > innerHeight || view.right > innerWidth)
        wanted.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    let over = -1;
    for (const parts of [1, 3, 9])
        for (const box of wanted.getClientRects())
            for (let n = 0; n < parts * parts; n++) {
                const x = box.left + box.width * (2 * (n % parts) + 1) / (2 * parts);
                const y = box.top + box.height * (2 * Math.floor(n / parts) + 1) / (2 * parts);
                const hit = document.elementFromPoint(x, y);
                if (!hit) continue;
                if ((wanted.contains(hit) || hit.contains(wanted)) && reached(hit) === reached(wanted)) return {x, y};
                if (over < 0) over = all.indexOf(hit);
            }
    return {over};
})"""
"""A point of an element, in sight, where a click reaches what a click on the element should reach (a hit test by
``elementFromPoint``); where there is none, what lies over it (-1: it has no area).
"""

FOCUS = "(place => document.getElementsByTagName('*')[place].focus())"

BLUR = "document.activeElement && document.activeElement.blur()"

DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Done when the page has been drawn once more."""

SELECT_ALL = """(place => {
    const one = document.getElementsByTagName('*')[place];
    one.focus();
    one.select();
})"""
"""Focus a text field and mark all that stands in it."""

CARET = """(place => {
    const one = document.getElementsByTagName('*')[place];
    one.focus();
    if (one.localName === 'textarea' || /^(text|search|tel|url|password)$/.test(one.type))
        one.setSelectionRange(one.value.length, one.value.length);
    else if (one.type === 'email') {
        one.type = 'text';
        one.setSelectionRange(one.value.length, one.value.length);
        one.type = 'email';
    }
})"""
"""Focus a control; in a text field, stand behind the last character."""

SET = """((pairs, focus) => {
    const all = document.getElementsByTagName('*');
    const say = (one, name) => one.dispatchEvent(new Event(name, {bubbles: true}));
    for (const [place, value] of pairs) {
        const one = all[place];
        if (one.localName === 'select') Array.from(one.options).forEach((o, n) => o.selected = value.includes(n));
        else if (typeof value === 'boolean') one.checked = value;
        else one.value = value;
        say(one, 'input');
        say(one, 'change');
    }
    if (focus) all[focus].focus();
})"""
"""Give controls their values, as if somebody had: for what no key writes (lists, dates), and for a restored state."""

POST = """((url) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = url;
    document.body.append(form);
    form.submit();
})"""
"""Send an empty form: how the answer to a POST comes into a history again."""
