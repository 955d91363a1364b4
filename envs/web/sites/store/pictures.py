"""Pictures of the goods, drawn from a few shapes: for people, who shop with their eyes. Agents read names."""

from __future__ import annotations

from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.site import SITE, Shopper
from scoutgym.envs.web.sites.store.words import COLORS, DEPARTMENTS

SHAPE = {kind.name: kind.shape for department in DEPARTMENTS for kind in department.kinds}

DRAWN = {
    "lamp": "<path d='M150 60h100l34 86H116z' fill='C'/><path d='M192 146h16v84h-16z' fill='D'/>"
    "<rect x='145' y='228' width='110' height='14' rx='7' fill='D'/>"
    "<circle cx='200' cy='150' r='12' fill='#fff3c4'/>",
    "bulb": "<circle cx='200' cy='125' r='64' fill='C'/><path d='M176 182h48v34h-48z' fill='D'/>"
    "<path d='M182 222h36v12h-36z' fill='D'/>"
    "<path d='M178 130l22 26 22-26' fill='none' stroke='L' stroke-width='7'/>",
    "pan": "<ellipse cx='170' cy='160' rx='95' ry='58' fill='D'/>"
    "<ellipse cx='170' cy='152' rx='82' ry='46' fill='C'/>"
    "<rect x='258' y='146' width='92' height='20' rx='10' fill='D'/>",
    "knife": "<path d='M96 172c60-70 120-84 168-84v58z' fill='L'/>"
    "<rect x='262' y='92' width='84' height='40' rx='12' fill='C'/><circle cx='290' cy='112' r='5' fill='L'/>"
    "<circle cx='318' cy='112' r='5' fill='L'/>",
    "board": "<rect x='85' y='105' width='230' height='90' rx='16' fill='C'/>"
    "<rect x='101' y='121' width='198' height='58' rx='8' fill='L' opacity='.5'/>"
    "<circle cx='120' cy='150' r='9' fill='D'/>",
    "kettle": "<path d='M130 120q70-50 140 0l18 110H112z' fill='C'/><path d='M280 150l52-22-8 30-36 28z' fill='D'/>"
    "<path d='M150 108q50-62 100 0' fill='none' stroke='D' stroke-width='12'/>"
    "<circle cx='200' cy='92' r='9' fill='D'/>",
    "jar": "<rect x='145' y='96' width='110' height='144' rx='22' fill='C'/>"
    "<rect x='150' y='66' width='100' height='34' rx='8' fill='D'/>"
    "<rect x='163' y='140' width='74' height='56' rx='6' fill='L'/>",
    "bowl": "<path d='M95 130h210q-8 96-105 96T95 130z' fill='C'/>"
    "<ellipse cx='200' cy='130' rx='105' ry='20' fill='D'/>",
    "mug": "<rect x='125' y='90' width='120' height='140' rx='18' fill='C'/>"
    "<path d='M245 116h22q26 0 26 34t-26 34h-22' fill='none' stroke='C' stroke-width='16'/>"
    "<ellipse cx='185' cy='94' rx='60' ry='13' fill='D'/>",
    "plate": "<circle cx='200' cy='150' r='98' fill='C'/><circle cx='200' cy='150' r='66' fill='L' opacity='.6'/>"
    "<circle cx='200' cy='150' r='60' fill='C'/>",
    "glass": "<path d='M140 70h120l-16 160h-88z' fill='C' opacity='.55'/>"
    "<path d='M146 130h108l-10 100h-88z' fill='D' opacity='.6'/>"
    "<path d='M160 84l8 130' stroke='#fff' stroke-width='7' opacity='.6'/>",
    "bag": "<rect x='128' y='86' width='144' height='156' rx='42' fill='C'/>"
    "<rect x='148' y='160' width='104' height='66' rx='12' fill='D'/>"
    "<path d='M170 88q0-36 30-36t30 36' fill='none' stroke='D' stroke-width='12'/>",
    "tote": "<path d='M112 126h176l14 110H98z' fill='C'/>"
    "<path d='M156 130q0-66 44-66t44 66' fill='none' stroke='D' stroke-width='11'/>"
    "<rect x='180' y='160' width='40' height='26' rx='5' fill='L'/>",
    "case": "<rect x='106' y='100' width='188' height='130' rx='16' fill='C'/>"
    "<path d='M166 100V78h68v22' fill='none' stroke='D' stroke-width='11'/>"
    "<path d='M146 100v130M254 100v130' stroke='D' stroke-width='9'/>",
    "shirt": "<path d='M158 72l42 20 42-20 62 44-30 42-22-14v96H148v-96l-22 14-30-42z' fill='C'/>"
    "<path d='M158 72q42 52 84 0' fill='none' stroke='D' stroke-width='9'/>",
    "legs": "<path d='M146 68h108l20 172h-52l-22-116-22 116h-52z' fill='C'/><path d='M146 68h108l3 24H143z' fill='D'/>",
    "cloth": "<rect x='104' y='92' width='192' height='124' rx='12' fill='C'/>"
    "<path d='M104 126h192M104 152h192' stroke='L' stroke-width='8'/>"
    "<path d='M104 190h192v14q0 12-12 12H116q-12 0-12-12z' fill='D'/>",
    "shoe": "<path d='M92 196v-64q32 18 60-10 34 52 96 56 52 4 60 36z' fill='C'/>"
    "<rect x='88' y='196' width='224' height='22' rx='11' fill='D'/>"
    "<path d='M168 142l24-14M186 158l24-14' stroke='L' stroke-width='8'/>",
    "boot": "<path d='M130 62h84v86q54 4 84 40v24H130z' fill='C'/>"
    "<rect x='124' y='208' width='180' height='24' rx='10' fill='D'/>"
    "<path d='M214 92h-34M214 118h-34' stroke='L' stroke-width='8'/>",
    "phones": "<path d='M112 176v-20a88 88 0 01176 0v20' fill='none' stroke='D' stroke-width='14'/>"
    "<rect x='96' y='160' width='46' height='78' rx='20' fill='C'/>"
    "<rect x='258' y='160' width='46' height='78' rx='20' fill='C'/>",
    "buds": "<circle cx='150' cy='120' r='32' fill='C'/>"
    "<rect x='140' y='130' width='22' height='82' rx='11' fill='C'/>"
    "<circle cx='250' cy='120' r='32' fill='C'/>"
    "<rect x='238' y='130' width='22' height='82' rx='11' fill='C'/>"
    "<circle cx='150' cy='118' r='13' fill='D'/><circle cx='250' cy='118' r='13' fill='D'/>",
    "speaker": "<rect x='128' y='58' width='144' height='186' rx='20' fill='C'/>"
    "<circle cx='200' cy='180' r='44' fill='D'/><circle cx='200' cy='180' r='20' fill='L'/>"
    "<circle cx='200' cy='100' r='20' fill='D'/>",
    "disc": "<circle cx='200' cy='150' r='96' fill='D'/>"
    "<circle cx='200' cy='150' r='70' fill='none' stroke='C' stroke-width='14'/>"
    "<circle cx='200' cy='150' r='32' fill='C'/><circle cx='200' cy='150' r='8' fill='L'/>",
    "mic": "<rect x='166' y='56' width='68' height='112' rx='34' fill='C'/>"
    "<path d='M144 138q0 60 56 60t56-60M200 198v36M160 238h80' fill='none' stroke='D' stroke-width='12'/>",
    "book": "<rect x='128' y='66' width='150' height='172' rx='10' fill='C'/>"
    "<rect x='128' y='66' width='24' height='172' rx='8' fill='D'/>"
    "<rect x='172' y='100' width='84' height='36' rx='5' fill='L'/>",
    "pen": "<path d='M118 214l150-150 36 36-150 150-46 10z' fill='C'/><path d='M118 214l36 36-46 10z' fill='D'/>"
    "<path d='M252 80l36 36' stroke='L' stroke-width='8'/>",
    "box": "<path d='M100 120l100-40 100 40v100l-100 34-100-34z' fill='C'/>"
    "<path d='M100 120l100 36 100-36-100-40z' fill='L' opacity='.6'/>"
    "<path d='M200 156v98l100-34V120z' fill='D' opacity='.55'/>",
    "chair": "<rect x='140' y='52' width='120' height='100' rx='18' fill='C'/>"
    "<rect x='130' y='158' width='140' height='26' rx='12' fill='D'/>"
    "<path d='M146 184l-12 62M254 184l12 62M200 184v50' stroke='D' stroke-width='12'/>",
    "tool": "<rect x='190' y='46' width='20' height='130' rx='9' fill='D'/>"
    "<path d='M154 168h92v30q0 50-46 62-46-12-46-62z' fill='C'/>"
    "<rect x='162' y='40' width='76' height='18' rx='9' fill='C'/>",
    "can": "<path d='M130 112h110v124H130z' fill='C'/><path d='M240 190l84-92 14 12-84 116z' fill='D'/>"
    "<path d='M138 112q46-76 96 0' fill='none' stroke='D' stroke-width='11'/>",
    "pot": "<path d='M128 136h144l-20 104H148z' fill='C'/>"
    "<rect x='118' y='114' width='164' height='28' rx='8' fill='D'/>"
    "<path d='M200 114q-8-46-52-54 2 44 52 54 4-56 54-66 2 52-54 66z' fill='#5f9a63'/>",
    "house": "<path d='M120 140l80-72 80 72v92H120z' fill='C'/>"
    "<path d='M104 148l96-88 96 88' fill='none' stroke='D' stroke-width='14'/>"
    "<circle cx='200' cy='168' r='22' fill='D'/>",
    "blocks": "<rect x='104' y='160' width='82' height='82' rx='8' fill='C'/>"
    "<rect x='196' y='160' width='82' height='82' rx='8' fill='D'/><path d='M152 152l46-80 46 80z' fill='L'/>",
    "bear": "<circle cx='152' cy='92' r='26' fill='D'/><circle cx='248' cy='92' r='26' fill='D'/>"
    "<circle cx='200' cy='150' r='82' fill='C'/><ellipse cx='200' cy='182' rx='34' ry='26' fill='L'/>"
    "<circle cx='170' cy='136' r='8' fill='#2b2d33'/><circle cx='230' cy='136' r='8' fill='#2b2d33'/>"
    "<circle cx='200' cy='172' r='9' fill='#2b2d33'/>",
    "train": "<rect x='104' y='136' width='120' height='74' rx='8' fill='C'/><path d='M218 84h72v126h-72z' fill='D'/>"
    "<rect x='232' y='100' width='44' height='36' rx='5' fill='L'/>"
    "<rect x='124' y='96' width='24' height='44' fill='D'/><circle cx='142' cy='218' r='24' fill='D'/>"
    "<circle cx='200' cy='218' r='24' fill='D'/><circle cx='264' cy='222' r='20' fill='C'/>",
    "basket": "<path d='M118 104h164l-18 138H136z' fill='C'/><rect x='106' y='90' width='188' height='24' rx='10' "
    "fill='D'/><path d='M128 148h144M132 182h136M136 214h128' stroke='L' stroke-width='8'/>",
    "kite": "<path d='M200 40l82 90-82 110-82-110z' fill='C'/>"
    "<path d='M200 40v200M118 130h164' stroke='D' stroke-width='8'/>"
    "<path d='M200 240q40 14 20 34' fill='none' stroke='D' stroke-width='6'/>",
    "ball": "<circle cx='200' cy='150' r='92' fill='C'/>"
    "<path d='M112 128q88 44 176 0M200 58q-50 92 0 184' fill='none' stroke='L' stroke-width='9'/>",
    "tent": "<path d='M200 66l128 168H72z' fill='C'/><path d='M200 66l46 168h-92z' fill='D'/>"
    "<path d='M200 110l20 124h-40z' fill='L'/>",
    "roll": "<rect x='92' y='110' width='200' height='92' rx='46' fill='C'/>"
    "<circle cx='270' cy='156' r='46' fill='D'/><circle cx='270' cy='156' r='22' fill='L'/>"
    "<path d='M150 110v92M196 110v92' stroke='D' stroke-width='9'/>",
    "bottle": "<rect x='158' y='102' width='84' height='142' rx='22' fill='C'/>"
    "<rect x='176' y='60' width='48' height='44' rx='8' fill='D'/>"
    "<rect x='158' y='150' width='84' height='44' fill='L'/>",
    "pillow": "<path d='M92 108q108-34 216 0 16 44 0 92-108 30-216 0-16-48 0-92z' fill='C'/>"
    "<path d='M128 126q72-18 144 0' fill='none' stroke='L' stroke-width='9'/>",
    "clock": "<circle cx='200' cy='156' r='82' fill='C'/><circle cx='200' cy='156' r='62' fill='L'/>"
    "<path d='M200 112v46l32 20' fill='none' stroke='D' stroke-width='10'/>"
    "<circle cx='140' cy='76' r='22' fill='D'/><circle cx='260' cy='76' r='22' fill='D'/>",
    "table": "<rect x='92' y='112' width='216' height='26' rx='10' fill='C'/>"
    "<path d='M122 138l-12 104M278 138l12 104' stroke='D' stroke-width='14'/>"
    "<rect x='128' y='138' width='144' height='28' fill='D' opacity='.6'/>",
    "shelf": "<rect x='120' y='54' width='160' height='192' rx='8' fill='D'/>"
    "<path d='M132 66h136v50H132zM132 126h136v50H132zM132 186h136v48H132z' fill='L'/>"
    "<path d='M144 78h14v38h-14zM164 86h12v30h-12zM182 74h14v42h-14zM150 142h40v34h-40z' fill='C'/>",
}
"""What the shapes look like, on 400 by 300; C, D and L stand for the color, a darker and a lighter one."""


@SITE.asset("/picture/<int:id>.svg")
def picture(visit: Shopper, id: int) -> Response:
    """A product in the first of its colors."""
    found = visit.one("SELECT kind, colors FROM product WHERE id = ?", id)
    color = COLORS[found["colors"].partition("|")[0]]
    hue = id * 47 % 360
    inside = DRAWN[SHAPE[found["kind"]]]
    for letter, value in (("'C'", color), ("'D'", _mixed(color, 0, 0.32)), ("'L'", _mixed(color, 255, 0.62))):
        inside = inside.replace(letter, f"'{value}'")
    return Response(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 300'><defs><linearGradient id='g' x2='1' y2='1'>"
        f"<stop stop-color='hsl({hue} 42% 93%)'/><stop offset='1' stop-color='hsl({(hue + 40) % 360} 38% 85%)'/>"
        "</linearGradient></defs><rect width='400' height='300' fill='url(#g)'/>"
        f"<circle cx='{90 + id * 31 % 220}' cy='{60 + id * 17 % 180}' r='{70 + id * 13 % 50}' fill='#fff' "
        "opacity='.35'/>"
        f"<ellipse cx='200' cy='250' rx='112' ry='13' opacity='.1'/>{inside}</svg>",
        kind="image/svg+xml",
    )


def _mixed(color: str, other: int, part: float) -> str:
    """A color with some of a gray in it."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one in parts)
