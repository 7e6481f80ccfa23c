"""What is said of a formula, in English and in Chinese."""

from __future__ import annotations

import re
import unicodedata

from symgrad.errors import SymgradError

LANGUAGES = ("en", "zh")

_ENGLISH = {
    "read": "read with ", "with": " with ", "guessed": "taken to be about {0}; --layer says what else",
}  # fmt: skip
_CHINESE = {
    "guessed": "认为是关于 {0} 的公式；可用 --layer 另行指定", "refuted with": "反例的读法",
    "PROVED": "已证明", "REFUTED": "已否定", "HOLDS AT": "仅在所列尺寸成立", "ILL-FORMED": "无意义",
    "UNDECIDED": "未判定", "DEFINITION": "定义", "UPDATE": "更新", "EXPRESSION": "表达式",
    "read": "读法：", "with": "，若 ", "smallest sizes": "最小尺寸", "entry": "元素", "derived": "导数",
    "claimed": "命题", "missing": "缺少", "extra": "多出", "did you mean": "是否想写",
    "* as valid cross-correlation": "* 为 valid 互相关", "* as full cross-correlation": "* 为 full 互相关",
    "* as same cross-correlation": "* 为 same 互相关", "* as valid convolution": "* 为 valid 卷积",
    "* as full convolution": "* 为 full 卷积", "* as same convolution": "* 为 same 卷积",
    "* as cross-correlation": "* 为互相关", "* as convolution": "* 为卷积",
    "sliding as valid": "滑动方式为 valid",
    "sliding as full": "滑动方式为 full", "sliding as same": "滑动方式为 same",
    "the layer below ends in σ": "下一层以 σ 结尾", "nothing below the input": "输入之下没有激活函数",
    "one bias for each map": "每个特征图一个偏置", "one bias for each position": "每个位置一个偏置",
    "no bias": "没有偏置", "* as elementwise product": "* 为逐元素乘积",
    "one column, z = W a": "单个列向量，z = W a", "a sample a column, z = W a": "每列一个样本，z = W a",
    "a sample a row, z = a W": "每行一个样本，z = a W",
    "a sample a row, z = a Wᵀ": "每行一个样本，z = a Wᵀ",
    "upsample repeats each entry": "upsample 重复每个元素",
    "upsample spreads each entry evenly": "upsample 均分每个元素",
    "upsample puts each entry where the maximum was": "upsample 把每个元素放回最大值处",
    "one column, z = W a + b": "单个列向量，z = W a + b",
    "a sample a column, z = W a + b": "每列一个样本，z = W a + b",
    "a sample a row, z = a W + b": "每行一个样本，z = a W + b",
    "a sample a row, z = a Wᵀ + b": "每行一个样本，z = a Wᵀ + b",
    "W_{ji} leads from i to j": "W_{ji} 由 i 到 j", "W_{ij} leads from i to j": "W_{ij} 由 i 到 j",
    "indices count from 0": "下标从 0 开始", "indices count from 1": "下标从 1 开始",
    "J as the mean over samples": "J 为各样本的平均", "J as the sum over samples": "J 为各样本之和",
    "entries outside a map are 0": "图外的元素为 0", "the number": "该数",
}  # fmt: skip
_PATTERNS = (
    (r"the maxima are (.*)", r"最大值位于 \1"),
    (r"the left side is (.*), the right side (.*) at (.*)", r"左边为 \1，右边为 \2（\3）"),
    (r"the left side is (.*), the right side (.*)", r"左边为 \1，右边为 \2"),
    (r"the left side has (.*), the right side (.*)", r"左边有 \1，右边有 \2"),
    (r"column (\d+): (.*)", r"第 \1 列：\2"),
    (r"(.*) is (\S+): it has no entry (.*)", r"\1 为 \2：没有元素 \3"),
    (r"(.*)what (\S+) is, is not known(.*)", r"\1\2 的含义未知\3"),
    (r"(.*); did you mean (.*)\?", r"\1；是否想写 \2？"),
    (r"(.*)the formula ends too early(.*)", r"\1公式未写完\2"),
    (r"(.*); known here are (.*)", r"\1；已知的有 \2"),
    (r"(.*); expected (.*)", r"\1；应为 \2"),
    (r"(.*), counted from ([01])", r"\1，从 \2 起数"),
    (r"(.*) and ([0-9]+) more", r"\1 等，另有 \2 项"),
)
_EXPECTED = {
    "a name": "名称", "a number": "数", "a sign": "运算符", "a sum": "求和号", "a subscript": "下标",
    "the end of the matrix": "矩阵结尾", "the end": "公式结尾", " or ": " 或 ",
}  # fmt: skip


def word(lang: str, key: str) -> str:
    """A word. Raises SymgradError for a language that is not known."""
    if lang == "en":
        return _ENGLISH.get(key, key)
    if lang != "zh":
        raise SymgradError(f"reports are written in {' and '.join(LANGUAGES)}; got {lang!r}")
    return _CHINESE.get(key, key)


def spoken(lang: str, text: str) -> str:
    """A reading or a problem in a language; what has no translation stays as it is."""
    if lang == "en":
        return text
    lines = []
    for line in text.split("\n"):
        pieces = [_CHINESE.get(piece, piece) for piece in line.split(", ")]
        known = (
            line if any(p == q for p, q in zip(pieces, line.split(", "), strict=True)) else "，".join(pieces)
        )
        for pattern, chinese in _PATTERNS:
            known = re.sub(f"^{pattern}$", chinese, known)
        said, wanted, tokens = known.partition("；应为 ")
        for english, chinese in _EXPECTED.items():
            tokens = tokens.replace(english, chinese)
        lines.append(said + wanted + tokens)
    return "\n".join(lines)


def padded(text: str, width: int = 16) -> str:
    """A label as wide as the others on a terminal."""
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - wide)
