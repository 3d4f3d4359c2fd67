"""What people call the columns of a table of figures, in the six languages of the United Nations.

The words are told here once. Headers are compared in small letters, without accents, brackets and
signs, so that `Iso3_code`, `ISO3 code` and `[iso3-code]` are one.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

ROLES: Final = {
    "indicator": (
        "indicator|indicator code|indicator id|indicator name|code of indicator|series|"
        "series code|seriescode|measure code|metric|indicateur|code de l indicateur|"
        "code indicateur|indicador|codigo del indicador|codigo de indicador|показатель|"
        "код показателя|индикатор|指标|指标代码|指标名称|المؤشر|مؤشر|رمز المؤشر"
    ),
    "area": (
        "area|area code|country|country code|country name|country or area|country area|"
        "countries|state|state party|nation|reporter|reporting country|territory|iso|"
        "iso code|iso3|iso3 code|iso 3|iso alpha 3|alpha 3|iso3c|iso a3|iso2|iso2 code|"
        "iso alpha 2|alpha 2|m49|m49 code|geoareacode|geoareaname|geo area code|"
        "geo area name|geo|reference area|ref area|location|location code|entity|economy|"
        "member state|participating state|pays|nom du pays|code pays|code du pays|etat|"
        "etat partie|zone|territoire|pays ou zone|pais|codigo de pais|codigo del pais|"
        "nombre del pais|estado|estado parte|pais o zona|страна|код страны|название страны|"
        "государство|страна или район|国家|国家或地区|国别|国家代码|国名|地区|"
        "البلد|بلد|الدولة|دولة|رمز البلد|"
        "اسم البلد|البلد او المنطقة"
    ),
    "period": (
        "period|year|years|reference year|reporting year|year of reference|timeperiod|"
        "time period|time|date|reference period|reporting period|yr|annee|an|periode|"
        "annee de reference|exercice|ano|periodo|ano de referencia|fecha|год|период|"
        "отчетный год|дата|年|年份|年度|时期|期间|السنة|سنة|العام|عام|الفترة|فترة"
    ),
    "value": (
        "value|obs value|obsvalue|observation value|figure|number|count|total value|amount|"
        "result|percentage|percent|per cent|rate|score|level|actual|actual value|txtvalue|"
        "new value|reported value|your value|valeur|chiffre|nombre|pourcentage|taux|niveau|"
        "resultat|valor|cifra|numero|porcentaje|tasa|nivel|resultado|значение|величина|число|"
        "количество|процент|доля|уровень|数值|值|数量|百分比|比率|数字|القيمة|قيمة|العدد|عدد|الرقم|"
        "النسبة|المعدل"
    ),
    "unit": (
        "unit|units|unit of measure|unit of measurement|unit measure|uom|measure unit|unite|"
        "unite de mesure|unidad|unidad de medida|единица|единица измерения|ед изм|单位|计量单位|"
        "الوحدة|وحدة القياس|وحدة"
    ),
    "status": (
        "status|obs status|observation status|status code|flag|flags|statut|estado del dato|"
        "estado de la observacion|статус|状态|الحالة|حالة"
    ),
    "missing_reason": (
        "missing reason|reason|why missing|why none|reason for no value|reason missing|"
        "raison|motif|motivo|razon|причина|原因|السبب|سبب"
    ),
    "qualifier": "qualifier|bound|sign|censored|prefix",
    "text": (
        "text|answer|narrative|response|reponse|respuesta|ответ|答复|答案|الجواب|الإجابة|الاجابة"
    ),
    "numerator": "numerator|numerateur|numerador|числитель|分子|البسط|بسط",
    "denominator": "denominator|denominateur|denominador|знаменатель|分母|المقام|مقام",
    "nature": "nature|nature of data|nature of data points|naturaleza",
    "source": (
        "source|data source|source of data|source detail|sources|origin|source des donnees|"
        "fuente|fuente de datos|fuente de los datos|источник|источник данных|来源|数据来源|المصدر|"
        "مصدر|مصدر البيانات"
    ),
    "source_date": (
        "source date|date of source|publication date|date de la source|fecha de la fuente"
    ),
    "evidence": (
        "evidence|link|url|web link|evidence link|preuve|lien|enlace|evidencia|ссылка|链接|证据|"
        "الرابط|الدليل"
    ),
    "note": (
        "note|notes|footnote|footnotes|remark|remarks|observations|comment obs|remarque|"
        "remarques|nota|notas|observaciones|примечание|примечания|备注|注释|ملاحظة|ملاحظات"
    ),
    "comment": (
        "comment|comments|internal comment|comment to the reviewer|commentaire|commentaires|"
        "comentario|comentarios|комментарий|комментарии|评论|意见|تعليق|تعليقات"
    ),
    "cell": (
        "cell|disaggregation|breakdown|dims|dimensions|desagregation|desagregacion|разбивка|"
        "分类|التفصيل"
    ),
    "breakdown": "dimension|type of breakdown|dimension name",
    "category": "category|breakdown category|categorie|categoria|категория|类别|الفئة",
    "dimension:sex": "sex|gender|sexe|genre|sexo|genero|пол|性别|الجنس|النوع|جنس",
    "dimension:age": (
        "age|age group|age groups|groupe d age|tranche d age|edad|grupo de edad|возраст|"
        "возрастная группа|年龄|年龄组|العمر|الفئة العمرية|السن"
    ),
    "dimension:form": (
        "form|form of exploitation|type of exploitation|forme d exploitation|"
        "forma de explotacion|форма эксплуатации"
    ),
    "dimension:citizenship": (
        "citizenship|nationality|citoyennete|nationalite|ciudadania|nacionalidad|гражданство|"
        "国籍|الجنسية"
    ),
    "dimension:disability": "disability|disability status|handicap|discapacidad|инвалидность|残疾",
}
"""The roles a column may have, and the words by which each is known."""
IGNORED: Final = (
    "m49|area name|revision|accepted at|ended at|is illustrative|exact|ref|as of|data source|"
    "licence|"
    "license|region|subregion|sub region|region name|sub region name|continent|goal|"
    "target|seriesdescription|series description|series name|time detail|timecoverage|"
    "time coverage|upperbound|lowerbound|upper bound|lower bound|baseperiod|base period|"
    "geoinfourl|geo info url|reporting type|custodian|structure|structure id|action|freq|"
    "frequency|unit mult|decimals|no|nr|row|row number|id|objective|last value|"
    "last period|region median|last reported|levels|definition|title|what is asked|"
    "observation id|released|publication"
)
"""Columns that say again what others say, or what the record does not keep."""
CODES_FIRST: Final = re.compile(r"iso3|alpha 3|iso a3|(^| )code|series|id$|iso2|m49|ref area")
"""Of two columns with one role the one that holds codes is read, the other compared."""
ACROSS: Final = re.compile(
    r"(?:y|yr|fy|year|annee|ano|год|سنة|عام)?\s*((?:19|20)\d\d)(?:\.0+)?"
    r"(?:\s*(?:yr\1|г|年|value|valeur))?"
)
"""A header that is a year: the values of that year stand below it."""
UNIT: Final = re.compile(r"[(\[（]([^)\]）]*)[)\]）]")
MARK: Final = re.compile(r"[a-z]?|\d{1,2}|[ivx]{1,4}|(?:19|20)\d\d", re.IGNORECASE)
"""What in brackets is a mark of a footnote or a year, and no unit."""
SCALED: Final = re.compile(
    r"\b(in|en) (thousands?|millions?|billions?|milliers|miles|millones)\b"
    r"|[(\[]?'?000s?\b|\b(thousand|million|billion)s?( of)? (usd|us\$|eur|dollars|euros|persons)"
    r"|\b(usd|us\$|eur|\$|€) ?(thousands?|millions?|billions?)|в тысячах|в миллионах|тыс\.|млн",
    re.IGNORECASE,
)
"""What a title says where all figures below it stand in thousands or more."""


@lru_cache(maxsize=50_000)
def normal(text: str) -> str:
    """Return a header or name as it is compared: small letters, no accents, brackets or signs."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = text.replace("ł", "l").replace("ø", "o").replace("ı", "i").replace("&", " and ")
    # Forms of one letter that writers of Arabic use freely.
    text = text.translate(str.maketrans("أإآٱىة", "اااايه", "ـ"))
    text = re.sub(r"[^\w%]+|_+", " ", text)
    return " ".join(text.split())


def roles() -> dict[str, str]:
    """Return every known header with its role; the roles of those to be passed over are empty."""
    known = {normal(word): role for role, words in ROLES.items() for word in words.split("|")}
    return {**dict.fromkeys(map(normal, IGNORED.split("|")), ""), **known}


KNOWN: Final = roles()


def year(header: str) -> str:
    """Return the year that a header is, or nothing."""
    found = ACROSS.fullmatch(normal(header))
    return found[1] if found else ""


def unit(header: str) -> str:
    """Return the unit that a header names in brackets, or nothing."""
    found = [text.strip() for text in UNIT.findall(header) if not MARK.fullmatch(text.strip())]
    return found[0] if found else ("%" if "%" in header else "")


def bare(header: str) -> str:
    """Return a header without the unit it names in brackets; marks in brackets stay."""
    return UNIT.sub(lambda found: found[0] if MARK.fullmatch(found[1].strip()) else " ", header)
