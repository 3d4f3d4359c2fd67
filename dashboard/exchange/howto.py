"""How to read, verify and cite a snapshot, in the other languages of the United Nations.

`README.md` says the same at length in English. Names of files, columns and commands are the same in
every language.
"""

from dataclasses import dataclass
from typing import Final

from dashboard.exchange.about import About, moment

COMMANDS: Final = """    python verify.py SNAPSHOT.zip
    headway verify SNAPSHOT.zip
    minisign -Vm manifest.json -P KEY
    unzip -p SNAPSHOT.zip manifest.json | sha256sum
"""


@dataclass(frozen=True)
class Words:
    """What is told, in one language; `{plan}`, `{symbol}`, `{moment}`, `{publisher}` are filled."""

    mark: str
    state: str
    read: str
    tables: str
    missing: str
    verify: str
    identity: str
    cite: str
    said: str


LANGUAGES: Final = {
    "fr": Words(
        mark="DONNÉES ILLUSTRATIVES, produites pour la démonstration : ne pas citer",
        state="État des données de **{plan}** ({symbol}) au **{moment}**, publié par {publisher}.",
        read="Comment le lire",
        tables=(
            "`data/` contient les tableaux en CSV (UTF-8, virgules, point décimal, heures UTC), "
            "`codelists/` le sens de chaque code. Les mêmes données sont dans `parquet/`, `xlsx/`, "
            "`sdmx/` et `iati/`."
        ),
        missing=(
            "Une cellule vide est une donnée manquante, jamais un zéro ; `status` et "
            "`missing_reason` disent pourquoi. `m49` est un texte : `004` n’est pas 4."
        ),
        verify="Comment le vérifier",
        identity=(
            "L’identité de cet instantané est le SHA-256 de `manifest.json`, qui donne celui de "
            "chaque autre fichier. Comparez-la à celle de la page de l’instantané ou du texte qui "
            "le cite. Prenez `verify.py` d’une copie sûre."
        ),
        cite="Comment le citer",
        said="Données au {moment}. Instantané Headway, sha256: (l’identité).",
    ),
    "es": Words(
        mark="DATOS ILUSTRATIVOS, generados para la demostración: no citar",
        state="Estado de los datos de **{plan}** ({symbol}) a **{moment}**; publica {publisher}.",
        read="Cómo leerlo",
        tables=(
            "`data/` contiene las tablas en CSV (UTF-8, comas, punto decimal, horas UTC), "
            "`codelists/` el significado de cada código. Los mismos datos están en `parquet/`, "
            "`xlsx/`, `sdmx/` e `iati/`."
        ),
        missing=(
            "Una celda vacía es un dato que falta, nunca un cero; `status` y `missing_reason` "
            "dicen por qué. `m49` es texto: `004` no es 4."
        ),
        verify="Cómo verificarlo",
        identity=(
            "La identidad de esta instantánea es el SHA-256 de `manifest.json`, que da el de cada "
            "uno de los demás archivos. Compárela con la de la página de la instantánea o del "
            "texto que la cita. Tome `verify.py` de una copia de confianza."
        ),
        cite="Cómo citarlo",
        said="Datos a {moment}. Instantánea de Headway, sha256: (la identidad).",
    ),
    "ru": Words(
        mark="УСЛОВНЫЕ ДАННЫЕ, созданные для демонстрации: не цитировать",
        state="Состояние данных **{plan}** ({symbol}) на **{moment}**; издатель: {publisher}.",
        read="Как читать",
        tables=(
            "В `data/` находятся таблицы CSV (UTF-8, запятые, десятичная точка, время UTC), в "
            "`codelists/` — значения кодов. Те же данные есть в `parquet/`, `xlsx/`, `sdmx/` и "
            "`iati/`."
        ),
        missing=(
            "Пустая ячейка означает отсутствие данных, а не ноль; причина указана в `status` и "
            "`missing_reason`. `m49` — это текст: `004` не равно 4."
        ),
        verify="Как проверить",
        identity=(
            "Идентификатор этого снимка — SHA-256 файла `manifest.json`, в котором названы SHA-256 "
            "всех остальных файлов. Сравните его с указанным на странице снимка или в тексте, "
            "который на него ссылается. Берите `verify.py` из надёжной копии."
        ),
        cite="Как цитировать",
        said="Данные на {moment}. Снимок Headway, sha256: (идентификатор).",
    ),
    "zh": Words(
        mark="示例数据，仅为演示而生成：请勿引用",
        state="**{plan}**（{symbol}）截至 **{moment}** 的数据状态，发布者：{publisher}。",
        read="如何阅读",
        tables=(
            "`data/` 中是 CSV 表格（UTF-8、逗号分隔、小数点、UTC 时间），`codelists/` 说明每个代码"
            "的含义。`parquet/`、`xlsx/`、`sdmx/` 和 `iati/` 中是同样的数据。"
        ),
        missing=(
            "空单元格表示缺少数据，绝不是零；原因见 `status` 和 `missing_reason`。`m49` 是文本："
            "`004` 不等于 4。"
        ),
        verify="如何核验",
        identity=(
            "本快照的标识是 `manifest.json` 的 SHA-256，该文件列出所有其他文件的 SHA-256。请与快照"
            "页面或引用文本中的标识比较。`verify.py` 请取自可信的副本。"
        ),
        cite="如何引用",
        said="数据截至 {moment}。Headway 快照，sha256:（标识）。",
    ),
    "ar": Words(
        mark="بيانات توضيحية أُنشئت للعرض فقط: لا يجوز الاستشهاد بها",
        state="حالة بيانات **{plan}** ({symbol}) في **{moment}**، الناشر: {publisher}.",
        read="كيفية القراءة",
        tables=(
            "يحتوي `data/` على الجداول بصيغة CSV (UTF-8، فواصل، نقطة عشرية، توقيت UTC)، ويحتوي "
            "`codelists/` على معنى كل رمز. البيانات نفسها موجودة في `parquet/` و`xlsx/` و`sdmx/` "
            "و`iati/`."
        ),
        missing=(
            "الخلية الفارغة تعني بيانات غير متوفرة وليست صفراً أبداً؛ والسبب مذكور في `status` "
            "و`missing_reason`. العمود `m49` نص: `004` ليس 4."
        ),
        verify="كيفية التحقق",
        identity=(
            "هوية هذه اللقطة هي SHA-256 للملف `manifest.json` الذي يذكر SHA-256 لكل ملف آخر. "
            "قارنها بما ورد في صفحة اللقطة أو في النص الذي يستشهد بها. "
            "خذ `verify.py` من نسخة موثوقة."
        ),
        cite="كيفية الاستشهاد",
        said="البيانات في {moment}. لقطة Headway، sha256: (الهوية).",
    ),
}


def members(about: About, titles: dict[str, str]) -> dict[str, bytes]:
    """Return `README.fr.md` and its like; `titles` names the plan in other languages."""
    return {
        f"README.{code}.md": _text(about, words, titles.get(code) or about.title).encode()
        for code, words in LANGUAGES.items()
    }


def _text(about: About, words: Words, title: str) -> str:
    told = {
        "plan": title,
        "symbol": about.symbol,
        "moment": moment(about.as_of),
        "publisher": about.publisher,
    }
    mark = f"> **{words.mark}**\n\n" if about.is_illustrative else ""
    return (
        f"# {title}: {about.name}\n\n{mark}{words.state.format(**told)}\n"
        f"{about.licence.title} ({about.licence.address}).\n\n"
        f"## {words.read}\n\n{words.tables}\n\n{words.missing}\n\n"
        f"## {words.verify}\n\n{words.identity}\n\n{COMMANDS}\n"
        f"## {words.cite}\n\n"
        f"> {about.publisher} ({about.as_of.year}). *{title}: {about.name}*. "
        f"{words.said.format(**told)}\n\nREADME.md (English), codebook.md, CITATION.cff\n"
    )
