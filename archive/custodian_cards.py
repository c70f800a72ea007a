"""Cards for custodians to keep on paper, in Spanish and English; no name on them."""

from datetime import date
from html import escape

import segno

_STYLE = """
body{font:12pt/1.5 "Liberation Sans",Arial,sans-serif;margin:2rem auto;max-width:42rem}
h1{font-size:1.4rem}code{display:block;overflow-wrap:anywhere;font:11pt/1.6 monospace;
border:1px solid #000;padding:.6rem;margin:1rem 0}svg{width:9rem;height:9rem}
hr{margin:2rem 0}@media print{body{margin:0}}
"""
_WORDS = {
    "es": """Llave de custodia {number} de {count}

Se necesitan {needed} de {count} llaves como esta para abrir el archivo. Esta sola no
abre nada.

Guárdela donde guardaría un acta de nacimiento. No la fotografíe ni la mande por
mensaje. No diga a nadie más quién tiene otra.

Si se pierde o alguien la vio, dígalo pronto: se hace una nueva y esta deja de servir.

Una vez al año el archivo le pedirá probarla.

Sin Resguardo: con el programa «age», abra el archivo de su grupo con la llave del
número menor, y lo que salga, con la siguiente.""",
    "en": """Custodian's key {number} of {count}

{needed} of {count} keys like this one open the archive. This one alone opens nothing.

Keep it where you would keep a birth certificate. Do not photograph it or send it in a
message. Tell nobody else who has another.

If it is lost or someone saw it, say so soon: a new one is made and this one stops
working.

Once a year the archive will ask you to try it.

Without Resguardo: with the program `age`, open your group's file with the key of the
lowest number, and what comes out with the next.""",
}


def card(secret: str, number: int, needed: int, count: int, made: date) -> str:
    """Return one card as a page that needs nothing else."""
    qr = segno.make(secret, error="m").svg_inline(border=2, omitsize=True)
    told = {"number": number, "needed": needed, "count": count}
    sides = []
    for language, words in _WORDS.items():
        title, *lines = words.split("\n\n")
        paragraphs = "".join(f"<p>{escape(line.format(**told))}</p>" for line in lines)
        sides.append(
            f'<section lang="{language}"><h1>{escape(title.format(**told))}</h1>'
            f"{paragraphs}</section>"
        )
    return (
        f'<!doctype html>\n<html lang="es"><meta charset="utf-8">'
        f"<title>{number}/{count}</title><style>{_STYLE}</style>\n"
        f"{sides[0]}\n<code>{escape(secret)}</code>{qr}\n<p>{made.isoformat()}</p>"
        f"<hr>\n{sides[1]}\n</html>\n"
    )
