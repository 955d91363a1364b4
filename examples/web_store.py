"""One task in the store, done by its script: what an agent reads, what it writes, and how the goal is judged.

Run: python examples/web_store.py            (needs `pip install 'scoutgym[web]'`)
     python examples/web_store.py chromium   (the same in a real browser; needs Chromium: make system)
"""

import sys

import gymnasium

import scoutgym  # registers the environments

assert scoutgym
backend = sys.argv[1] if len(sys.argv) > 1 else "dom"
env = gymnasium.make("scoutgym/WebStore-contact-v0", view="markdown", backend=backend)
observation, info = env.reset(options={"split": "test", "index": 7})
print(observation.partition("Elements are named")[0])  # the rest explains the calls

world, state = env.unwrapped.world, env.unwrapped.session.state
for action in world.solver(state):  # with the answer in hand; an agent has the observation alone
    observation, reward, terminated, truncated, info = env.step(action)
    print(f"{action}\n    reward {reward:g}, {info['outcome']}")

print(f"\nsuccess: {info['success']}; the goal was {env.unwrapped.privileged().extra['goal']}")
env.close()
