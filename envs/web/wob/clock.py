"""The script that a page of MiniWoB++ runs on: time passes when somebody says so, and chance is seeded.

``Date``, ``performance.now``, time stamps of events, timers and animation frames follow one clock that stands still but
for ``pass``. A timer that falls due in the time that passes runs then, in order, at its own time. What the browser does
of itself with a frame that it draws (scroll events, and the mouse being over something else because that has moved) is
waited for, on pages that listen for it. So equal actions at equal times see an equal page. No other document takes its
place: what would lead there (a link, a form, a script) is told.
"""

CLOCK = """'use strict';
(() => {
    const START = Date.UTC(2026, 0, 1, 12), FRAME = 16;
    const Real = Date, timer = window.setTimeout.bind(window), draw = window.requestAnimationFrame.bind(window);
    const listen = EventTarget.prototype.addEventListener;
    let now = 0, count = 0, mouse = null, hovers = false, frames = false, stirred = false;
    const due = new Map();

    window.Date = new Proxy(Real, {
        construct: (of, given, as) => Reflect.construct(of, given.length ? given : [START + now], as),
        apply: () => new Real(START + now).toString(),
        get: (of, name) => name === 'now' ? () => START + now : Reflect.get(of, name),
    });
    Real.prototype.constructor = window.Date;
    performance.now = () => now;
    Object.defineProperty(Event.prototype, 'timeStamp', {get: () => now});

    const add = (at, every, run, given) => {
        due.set(++count, {at, every, run, given});
        return count;
    };
    const drop = id => { due.delete(id); };
    const after = (every, run, wait, given) => {
        const ms = Math.max(1, Number(wait) || 0);
        return add(now + ms, every ? ms : 0, run, given);
    };
    window.setTimeout = (run, wait, ...given) => after(false, run, wait, given);
    window.setInterval = (run, wait, ...given) => after(true, run, wait, given);
    window.requestAnimationFrame = run => add((Math.floor(now / FRAME) + 1) * FRAME, 0, run, null);
    window.requestIdleCallback = run => after(false, run, 1, []);
    window.clearTimeout = window.clearInterval = window.cancelAnimationFrame = window.cancelIdleCallback = drop;

    // Until the page's own generator is seeded.
    let state = 1;
    Math.random = () => (state = state * 48271 % 2147483647) / 2147483647;

    // Nobody is there to answer, and there is one page.
    window.alert = () => {};
    window.confirm = () => true;
    window.prompt = () => null;
    window.open = () => null;
    window.print = () => {};

    // What the page listens for of that which the browser does of itself, with a frame.
    EventTarget.prototype.addEventListener = function (name, ...given) {
        hovers ||= /^(mouse|pointer)(over|out|enter|leave)$/.test(name);
        frames ||= /^(scroll|scrollend|resize|selectionchange)$/.test(name);
        return listen.call(this, name, ...given);
    };
    for (const name of ['scroll', 'mouseover', 'mouseout'])
        listen.call(window, name, () => { stirred = true; }, true);
    listen.call(window, 'mousemove', event => { mouse = [event.clientX, event.clientY]; }, true);

    // A mouse that marks text scrolls what it is in, as long as it is held: that would be by the wall clock.
    let pinned = null;
    listen.call(window, 'mousedown', event => {
        const one = event.target, onBar = event.offsetX > one.clientWidth || event.offsetY > one.clientHeight;
        if (event.defaultPrevented || (onBar && one.scrollHeight > one.clientHeight)) return;
        pinned = new Map();
        for (let at = one; at; at = at.parentElement) pinned.set(at, [at.scrollLeft, at.scrollTop]);
    });
    listen.call(window, 'mouseup', () => { pinned = null; }, true);
    listen.call(window, 'scroll', event => {
        const one = event.target === document ? document.documentElement : event.target;
        if (pinned && pinned.has(one)) [one.scrollLeft, one.scrollTop] = pinned.get(one);
    }, true);

    // Nothing is dragged by the browser itself (marked text, pictures), which no page here waits for.
    listen.call(window, 'dragstart', event => event.preventDefault(), true);

    // Nothing leads to another document, and that something would have is known at once. Forms are heard of before they
    // are sent, which is when the browser finds the time. There is no past, and there are no other windows.
    let left = false;
    const sent = [];
    navigation.addEventListener('navigate', event => {
        if (event.destination.sameDocument) return;
        event.preventDefault();
        left ||= event.downloadRequest === null;
    });
    listen.call(window, 'submit', event => { sent.push(event); }, true);
    HTMLFormElement.prototype.submit = () => { left = true; };
    History.prototype.back = History.prototype.forward = () => {};
    History.prototype.go = by => { left ||= !by; };
    listen.call(window, 'click', event => {
        const link = event.target.closest?.('a[href], area[href]');
        const aside = event.ctrlKey || event.shiftKey || event.altKey || event.metaKey;
        if (link && (aside || !['', '_self'].includes(link.getAttribute('target') ?? ''))) event.preventDefault();
    }, true);

    const below = () => Array.from(document.querySelectorAll(':hover')).pop();
    const moved = () => mouse && document.elementFromPoint(...mouse) !== below();

    const settle = async () => {
        stirred = frames;
        for (let n = 0; n < 6 && (stirred || (hovers && moved())); n++) {
            stirred = false;
            document.body.getBoundingClientRect();
            await new Promise(done => draw(() => timer(done, 0)));
        }
    };

    const pass = async ms => {
        await settle();
        const end = now + ms;
        for (;;) {
            let id = 0, first = null;
            for (const [key, one] of due) if (one.at <= end && (!first || one.at < first.at)) [id, first] = [key, one];
            if (!first) break;
            now = Math.max(now, first.at);
            due.delete(id);
            if (first.every) due.set(id, {...first, at: first.at + first.every});
            try {
                if (first.given) first.run.apply(window, first.given);
                else first.run.call(window, now);
            } catch (error) {
                console.error(error);
            }
            await null;
        }
        now = end;
        await Promise.all(Array.from(document.images, one => one.complete || new Promise(done => {
            for (const name of ['load', 'error']) listen.call(one, name, done);
        })));
        await settle();
        left ||= sent.some(one => !one.defaultPrevented);
        return {done: WOB_DONE_GLOBAL, raw: WOB_RAW_REWARD_GLOBAL, hovers, left};
    };

    const begin = seed => {
        core.EPISODE_MAX_TIME = 1e12;
        core.countdownTimer = core.clearTimer = () => {};
        Math.seedrandom(seed);
        core.startEpisodeReal();
        const said = core.getUtterance();
        return {utterance: said.utterance || said, fields: core.currentFields || {}};
    };

    Object.defineProperty(window, 'scoutgym', {value: {pass, settle, begin}});
})();
"""
"""The script: ``scoutgym.begin(seed)`` begins an episode and gives the task in words, with the fields that some pages
have; ``await scoutgym.pass(ms)`` lets time pass, and says whether the episode is over, what it is worth, whether the
page listens for where the mouse is, and whether something would have led to another document;
``await scoutgym.settle()`` waits for frames until they bring nothing more.
"""
