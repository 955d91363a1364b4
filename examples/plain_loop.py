"""A plain Gymnasium loop: no trainer, no language model. Run: python examples/plain_loop.py

A world is a `gymnasium.Env` of strings; whatever turns text into text can play it. Here that is the world's own expert,
and, to show what saving is for, a player who tries an action, looks, and takes it back.
"""

import gymnasium

import scoutgym  # registers the worlds
from scoutgym.envs.chance import Chance
from scoutgym.wrappers.history import History

env = History(gymnasium.make("scoutgym/Number-63-v0", measure=True))
observation, info = env.reset(seed=3)
print(observation)

terminated = truncated = False
turn = 0
while not (terminated or truncated):
    action = env.unwrapped.world.expert(env.unwrapped.history, Chance(b"plain loop", turn))
    observation, reward, terminated, truncated, info = env.step(action)
    turn += 1
    print(f"> {action}\n{env.messages[-1].content}   ({info['bits']:.1f} bits left)")
print("success" if info["success"] else "failure", "in", turn, "turns; reward", reward)

# The same episode again, with a look ahead: save, try, restore.
env.reset(options={"task": env.unwrapped.session.task, "luck": 0})
point = scoutgym.save(env)
for guess in ("16", "32", "48"):
    env.step(guess)
    print(f"guessing {guess} first would leave {env.unwrapped.belief().bits:.1f} bits")
    scoutgym.restore(env, point)
env.close()
