"""The levels of minigrid, by name, and what must be known of each before minigrid is imported.

A level's name is minigrid's id without its family and version: "GoToRedBall" of BabyAI is ``BabyAI-GoToRedBall-v0``.
Where minigrid has two versions, the older one's name ends in "-old".
"""

from __future__ import annotations

# fmt: off
BABYAI = {
    "GoToRedBallGrey": 64, "GoToRedBall": 64, "GoToRedBallNoDists": 64, "GoToObj": 64, "GoToObjS4": 16,
    "GoToObjS6": 36, "GoToLocal": 64, "GoToLocalS5N2": 25, "GoToLocalS6N2": 36, "GoToLocalS6N3": 36,
    "GoToLocalS6N4": 36, "GoToLocalS7N4": 49, "GoToLocalS7N5": 49, "GoToLocalS8N2": 64, "GoToLocalS8N3": 64,
    "GoToLocalS8N4": 64, "GoToLocalS8N5": 64, "GoToLocalS8N6": 64, "GoToLocalS8N7": 64, "GoTo": 576,
    "GoToOpen": 576, "GoToObjMaze": 576, "GoToObjMazeOpen": 576, "GoToObjMazeS4R2": 64, "GoToObjMazeS4": 144,
    "GoToObjMazeS5": 225, "GoToObjMazeS6": 324, "GoToObjMazeS7": 441, "GoToImpUnlock": 576, "GoToSeq": 2304,
    "GoToSeqS5R2": 400, "GoToRedBlueBall": 64, "GoToDoor": 441, "GoToObjDoor": 576, "Open": 576,
    "OpenRedDoor": 50, "OpenDoor": 576, "OpenDoorDebug": 576, "OpenDoorColor": 576, "OpenDoorLoc": 576,
    "OpenTwoDoors": 720, "OpenRedBlueDoors": 720, "OpenRedBlueDoorsDebug": 720, "OpenDoorsOrderN2": 720,
    "OpenDoorsOrderN4": 720, "OpenDoorsOrderN2Debug": 720, "OpenDoorsOrderN4Debug": 720, "Pickup": 576,
    "UnblockPickup": 576, "PickupLoc": 64, "PickupDist": 49, "PickupDistDebug": 49, "PickupAbove": 288,
    "PutNextLocal": 128, "PutNextLocalS5N3": 50, "PutNextLocalS6N4": 72, "PutNextS4N1": 128, "PutNextS5N2": 200,
    "PutNextS5N1": 200, "PutNextS6N3": 288, "PutNextS7N4": 392, "PutNextS5N2Carrying": 200,
    "PutNextS6N3Carrying": 288, "PutNextS7N4Carrying": 392, "Unlock": 576, "UnlockLocal": 576,
    "UnlockLocalDist": 576, "KeyInBox": 576, "UnlockPickup": 72, "UnlockPickupDist": 72,
    "BlockedUnlockPickup": 576, "UnlockToUnlock": 1080, "ActionObjDoor": 441, "FindObjS5": 500,
    "FindObjS6": 720, "FindObjS7": 980, "KeyCorridor": 1080, "KeyCorridorS3R1": 270, "KeyCorridorS3R2": 270,
    "KeyCorridorS3R3": 270, "KeyCorridorS4R3": 480, "KeyCorridorS5R3": 750, "KeyCorridorS6R3": 1080,
    "OneRoomS8": 64, "OneRoomS12": 144, "OneRoomS16": 256, "OneRoomS20": 400, "MoveTwoAcrossS5N2": 400,
    "MoveTwoAcrossS8N9": 1024, "Synth": 1152, "SynthS5R2": 300, "SynthLoc": 1152, "SynthSeq": 4608,
    "MiniBossLevel": 800, "BossLevel": 4608, "BossLevelNoUnlock": 4608,
}
"""Every level of BabyAI: its turns, which are minigrid's own limit of steps, the largest of a level."""

MINIGRID = {
    "BlockedUnlockPickup": 576, "LavaCrossingS9N1": 324, "LavaCrossingS9N2": 324, "LavaCrossingS9N3": 324,
    "LavaCrossingS11N5": 484, "SimpleCrossingS9N1": 324, "SimpleCrossingS9N2": 324, "SimpleCrossingS9N3": 324,
    "SimpleCrossingS11N5": 484, "DistShift1": 252, "DistShift2": 252, "DoorKey-5x5": 250, "DoorKey-6x6": 360,
    "DoorKey-8x8": 640, "DoorKey-16x16": 2560, "Dynamic-Obstacles-5x5": 100,
    "Dynamic-Obstacles-Random-5x5": 100, "Dynamic-Obstacles-6x6": 144, "Dynamic-Obstacles-Random-6x6": 144,
    "Dynamic-Obstacles-8x8": 256, "Dynamic-Obstacles-16x16": 1024, "Empty-5x5": 100, "Empty-Random-5x5": 100,
    "Empty-6x6": 144, "Empty-Random-6x6": 144, "Empty-8x8": 256, "Empty-16x16": 1024, "Fetch-5x5-N2": 125,
    "Fetch-6x6-N2": 180, "Fetch-8x8-N3": 320, "FourRooms": 100, "GoToDoor-5x5": 100, "GoToDoor-6x6": 144,
    "GoToDoor-8x8": 256, "GoToObject-6x6-N2": 180, "GoToObject-8x8-N2": 320, "KeyCorridorS3R1": 270,
    "KeyCorridorS3R2": 270, "KeyCorridorS3R3": 270, "KeyCorridorS4R3": 480, "KeyCorridorS5R3": 750,
    "KeyCorridorS6R3": 1080, "LavaGapS5": 100, "LavaGapS6": 144, "LavaGapS7": 196, "LockedRoom": 190,
    "MemoryS17Random": 1445, "MemoryS13Random": 845, "MemoryS13": 845, "MemoryS11": 605, "MemoryS9": 405,
    "MemoryS7": 245, "MultiRoom-N2-S4": 40, "MultiRoom-N4-S5-old": 120, "MultiRoom-N4-S5": 80,
    "MultiRoom-N6": 120, "ObstructedMaze-1Dl": 288, "ObstructedMaze-1Dlh": 288, "ObstructedMaze-1Dlhb": 288,
    "ObstructedMaze-2Dl": 576, "ObstructedMaze-2Dlh": 576, "ObstructedMaze-2Dlhb-old": 576,
    "ObstructedMaze-1Q-old": 720, "ObstructedMaze-2Q-old": 1584, "ObstructedMaze-Full-old": 3600,
    "ObstructedMaze-2Dlhb": 576, "ObstructedMaze-1Q": 720, "ObstructedMaze-2Q": 1584,
    "ObstructedMaze-Full": 3600, "Playground": 100, "PutNear-6x6-N2": 30, "PutNear-8x8-N3": 40,
    "RedBlueDoors-6x6": 720, "RedBlueDoors-8x8": 1280, "Unlock": 288, "UnlockPickup": 288,
}
"""The same for MiniGrid's tasks of keys, doors, memory and obstacles."""
# fmt: on

VERSIONS = {
    "MultiRoom-N4-S5-old": "MiniGrid-MultiRoom-N4-S5-v0",
    "MultiRoom-N4-S5": "MiniGrid-MultiRoom-N4-S5-v1",
    "ObstructedMaze-2Dlhb-old": "MiniGrid-ObstructedMaze-2Dlhb-v0",
    "ObstructedMaze-1Q-old": "MiniGrid-ObstructedMaze-1Q-v0",
    "ObstructedMaze-2Q-old": "MiniGrid-ObstructedMaze-2Q-v0",
    "ObstructedMaze-Full-old": "MiniGrid-ObstructedMaze-Full-v0",
    "ObstructedMaze-2Dlhb": "MiniGrid-ObstructedMaze-2Dlhb-v1",
    "ObstructedMaze-1Q": "MiniGrid-ObstructedMaze-1Q-v1",
    "ObstructedMaze-2Q": "MiniGrid-ObstructedMaze-2Q-v1",
    "ObstructedMaze-Full": "MiniGrid-ObstructedMaze-Full-v1",
    "GoToObjS6": "BabyAI-GoToObjS6-v1",
}
"""Ids that do not end in -v0, and the old ones beside them."""

FEW = frozenset(
    {
        "LavaCrossingS9N1",
        "SimpleCrossingS9N1",
        "DistShift1",
        "DistShift2",
        "DoorKey-5x5",
        "Dynamic-Obstacles-5x5",
        "Empty-5x5",
        "Empty-Random-5x5",
        "Empty-6x6",
        "Empty-Random-6x6",
        "Empty-8x8",
        "Empty-16x16",
        "LavaGapS5",
        "LavaGapS6",
        "LavaGapS7",
        "MemoryS13",
        "MemoryS11",
        "MemoryS9",
        "MemoryS7",
    }
)
"""Levels with fewer than a hundred different beginnings: they hold none out."""

RULES = {
    "Memory": "There is a key or a ball in the room at the beginning of the hallway. At the end of the hallway there "
    "are both: go and stand beside the one of the same kind. Standing beside the other one ends the episode.",
    "Fetch": "Picking up anything else ends the episode.",
    "PutNear": "Near means at most one step away, also diagonally. Picking up anything else, or dropping the thing "
    "elsewhere, ends the episode.",
    "GoToDoor": "Stand beside the door and write `done`. Writing it elsewhere, or `toggle`, ends the episode.",
    "GoToObject": "Stand beside the thing and write `done`. Writing it elsewhere, or `toggle`, ends the episode.",
    "RedBlueDoors": "Opening the blue door first ends the episode.",
    "Dynamic-Obstacles": "The balls move by luck, one step in a turn. Walking into a ball or a wall ends the episode.",
    "Lava": "Stepping into lava ends the episode.",
    "DistShift": "Stepping into lava ends the episode.",
}
"""What minigrid's missions leave out, by the beginning of the level's name; only for MiniGrid."""

STRICT = "Opening or picking up the wrong thing ends the episode."
"""The rule of BabyAI's levels whose name ends in Debug."""


def env_id(family: str, level: str) -> str:
    """The id of a level in minigrid."""
    return VERSIONS.get(level, f"{family}-{level}-v0")
