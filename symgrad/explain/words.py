"""The words of proofs in English and Chinese. `{…}` is where a formula or a number goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Union

from symgrad.errors import SymgradError
from symgrad.explain.document import Inline
from symgrad.explain.layout import Layout, Name

LANGUAGES = ("en", "zh")

J = Name("J")
_WITHIN_CHINESE = re.compile("(?<=[\u2e80-\uffef]) +(?=[\u2e80-\uffef])")
Part = Union[str, int, Layout, Inline]

_WORDS: dict[str, tuple[str, str]] = {
    # headings and labels
    "theorem": ("Theorem", "定理"),
    "proof": ("Proof", "证明"),
    "example": ("Worked example", "算例"),
    "counterexample": ("Counterexample", "反例"),
    "figure": ("Figure", "图"),
    "step": ("Step {number}: {title}.", "第 {number} 步：{title}。"),
    "source": ("Source: {source}.", "出处：{source}。"),
    "contents": ("Contents", "目录"),
    "all_title": ("Gradients of neural network layers, proved", "神经网络各层梯度的证明"),
    "all_intro": (
        "Each of the following {count} rules holds for every size; every step of every proof was decided "
        "for all sizes at once.",
        "以下 {count} 条规则对一切尺寸成立；每个证明的每一步都是对一切尺寸一次性判定的。",
    ),
    "all_in_one": ("Everything in one:", "合订本："),
    "rule": ("rule", "规则"),
    "title": ("what it says", "内容"),
    # the statement
    "sizes": ("Let {sizes} be integers", "设 {sizes} 为整数"),
    "size": ("Let {sizes} be an integer", "设 {sizes} 为整数"),
    "at_least": ("{names} ≥ {minimum}", "{names} ≥ {minimum}"),
    "with": ("{this} with {constraints}", "{this}，且 {constraints}"),
    "only": (", for {values} only", "，且仅对 {values}"),
    "tensors": (", and let {tensors}.", "，又设 {tensors}。"),
    "no_tensors": (".", "。"),
    "no_sizes": ("Let {tensors}.", "设 {tensors}。"),
    "sentence": ("{this}, {that}", "{this}{that}"),
    "forward": ("The layer computes", "该层计算"),
    "compared": ("The first expression is", "第一个表达式是"),
    "kept": ("First,", "首先，"),
    "letters": ("with {letters}", "其中 {letters}"),
    "loss": ("{J} is the value computed.", "{J} 就是所计算的值。"),
    "cotangent": (
        "{J} is a differentiable function of {z}, and {delta} is its derivative by it.",
        "{J} 是 {z} 的可微函数，{delta} 是它对 {z} 的导数。",
    ),
    "cotangent_given": (
        "{J} is a function of {z} whose derivative by it is {delta}.",
        "{J} 是 {z} 的函数，它对 {z} 的导数为 {delta}。",
    ),
    "provided": ("Provided that {conditions},", "若 {conditions}，则"),
    "so": ("Then", "则"),
    "where": ("where {what}:", "其中 {what}："),
    "entrywise": ("that is, entry by entry:", "逐元素写出即："),
    "is": ("{name} is {what}", "{name} 是{what}"),
    "conventions": (
        "Indices count from 0, and a sum runs over the whole range of its indices: {ranges}. ",
        "下标从 0 开始；求和取遍下标的整个范围：{ranges}。",
    ),
    "conventions_plain": ("Indices count from 0. ", "下标从 0 开始。"),
    "bracket": (
        "A bracket {bracket} is 1 where {condition} holds and 0 elsewhere; what it multiplies is not read where it is 0.",
        "方括号 {bracket} 在 {condition} 成立时为 1，否则为 0；为 0 处不读取它所乘的量。",
    ),
    "unread": ("An axis with a single entry gets no index. ", "只有一个元素的轴不写下标。"),
    # conditions on values
    "differentiable": ("{function} is differentiable", "{function} 可微"),
    "unique_maximum": ("the maximum of each window is attained once", "每个窗口的最大值只在一处取到"),
    "and": (" and ", "，且 "),
    "names": (" and ", "、"),
    "comma": (", ", ", "),
    "list": (", ", "、"),
    "then": (", then ", "，再是 "),
    "apart": ("; ", "；"),
    "pair": (" and ", " 与 "),
    "meaning": (", {what}", "，即{what}"),
    # operators: what a definition says in words
    "op:pad": ("{operand}, with a border of zeros", "四周补零的 {operand}"),
    "op:dilate": ("{operand} with zeros inserted between its entries", "元素间插零的 {operand}"),
    "op:upsample": ("{operand} with every entry repeated over its window", "每个元素在其窗口中重复的 {operand}"),
    "op:rot180": ("{operand}, turned by 180°", "旋转 180° 的 {operand}"),
    "op:correlate": ("the cross-correlation of {both}", "{both} 的互相关"),
    "op:convolve": ("the convolution of {both}, which turns the kernel", "{both} 的卷积（核要旋转）"),
    "op:fold": ("{operand} added back to where its windows were taken from", "把 {operand} 的窗口加回原处"),
    "op:put_back": ("{operand} put back where it was taken from", "把 {operand} 加回原处"),
    "op:matmul": ("the matrix product of {both}", "{both} 的矩阵乘积"),
    "op:sum_axes": ("a sum over axes of {operand}", "{operand} 沿轴的和"),
    "op:swap": ("{operand} with its two map axes exchanged", "交换前两个映射轴的 {operand}"),
    "op:flatten": ("{operand} as one row", "展平成一行的 {operand}"),
    "op:unflatten": ("{operand} with its axes apart", "拆开各轴的 {operand}"),
    "op:flip": ("{operand} reversed", "{operand} 的翻转"),
    "op:full": ("a tensor with this number everywhere", "处处为此数的张量"),
    "fn:swap": ("swap exchanges the first two axes", "swap 交换前两个轴"),
    "fn:expand": ("expand repeats along new axes", "expand 沿新的轴重复"),
    "fn:flatten": ("flatten makes one axis of several", "flatten 把若干轴合并为一个"),
    "fn:unflatten": ("unflatten takes a merged axis apart", "unflatten 把合并的轴拆开"),
    "fn:flip": ("flip reverses along an axis", "flip 沿轴翻转"),
    "fn:softmax": ("softmax(x) is exp(x) divided by its sum", "softmax(x) 是 exp(x) 除以其和"),
    "fn:log_softmax": ("log_softmax is the logarithm of softmax", "log_softmax 是 softmax 的对数"),
    "fn:attention_weights": (
        "attention_weights is the softmax of the scaled scores",
        "attention_weights 是缩放后得分的 softmax",
    ),
    "fn:mean": ("mean is the average over the axes named", "mean 是沿所列轴的平均"),
    "fn:variance": ("variance is the mean square distance from the mean", "variance 是到均值的均方距离"),
    "fn:deviation": ("deviation is the root of the variance plus eps", "deviation 是方差加 eps 的平方根"),
    "fn:normalized": (
        "normalized is what is left without the mean, divided by the deviation",
        "normalized 是减去均值后除以 deviation",
    ),
    "fn:root_mean_square": (
        "root_mean_square is the root of the mean square plus eps",
        "root_mean_square 是均方加 eps 的平方根",
    ),
    "fn:split_groups": ("split_groups takes the groups of maps apart", "split_groups 把特征图分组"),
    "fn:merged_groups": ("merged_groups puts the groups of maps together", "merged_groups 把各组合并"),
    "fn:per_channel": (
        "per_channel gives each channel its own number everywhere",
        "per_channel 使每个通道处处取自己的数",
    ),
    "op:winners": ("1 where an element is the maximum of its window, else 0", "元素为其窗口最大值处为 1、否则为 0 的张量"),
    "op:": ("defined entry by entry", "逐元素如下定义的张量"),
    # operators whose names are signs, or names that nobody says
    "n:+": ("a sum", "和"),
    "n:-": ("a difference", "差"),
    "n:*": ("a product", "积"),
    "n:/": ("a quotient", "除法"),
    "n:**": ("a power", "乘方"),
    "n:apply": ("a function of each entry", "逐元素的函数"),
    "n:sum_axes": ("a sum over axes", "沿轴的和"),
    "n:matmul": ("a matrix product", "矩阵乘积"),
    "n:slice": ("a slice", "取出的部分"),
    "n:put_back": ("a slice put back", "加回原处的部分"),
    "n:full": ("a constant", "定值"),
    # steps
    "t:ChainRule": ("chain rule", "链式法则"),
    "s:ChainRule": (
        "{J} depends on {entry} only through {through}.",
        "{J} 只通过 {through} 依赖于 {entry}。",
    ),
    "s:ChainRuleDirect": (
        "{J} depends on {entry} directly and through {through}; {direct} is the derivative with {through} held fixed.",
        "{J} 直接依赖于 {entry}，也通过 {through} 依赖于它；{direct} 表示 {through} 固定时的导数。",
    ),
    "s:Itself": ("This is the derivative by {tensor} itself:", "这就是对 {tensor} 的导数："),
    "t:Independent": ("independence", "无关"),
    "s:Independent": (
        "{value} does not depend on {tensor}, so the derivative is zero:",
        "{value} 与 {tensor} 无关，因此导数为零：",
    ),
    "t:Deltas": ("partial derivative", "偏导数"),
    "s:Deltas": (
        "Kronecker deltas say where {z} reads it{then}:",
        "Kronecker δ 表示 {z} 在何处读取它{then}：",
    ),
    "s:DeltasN": (
        "Kronecker deltas say where {z} read it{then}:",
        "Kronecker δ 表示 {z} 在何处读取它{then}：",
    ),
    "s:Deltas0": (
        "Differentiate the formula for {z}{then}:",
        "对 {z} 的公式求导{then}：",
    ),
    "now": ("", ""),
    "put": ("; put in {equations}", "，代入 {equations}"),
    "put0": ("; put it in", "，并代入"),
    "t:Collapse": ("collapse the deltas", "消去 δ"),
    "s:Collapse": ("Put in {equations}:", "代入 {equations}："),
    "s:Collapse0": ("Put the partial derivative in:", "代入偏导数："),
    "leaves": ("{equation}, leaving {conditions}", "{equation}（剩下条件 {conditions}）"),
    "t:Insert": ("put in what was found", "代入已得结果"),
    "s:Insert": ("With the formula for {derivative}:", "代入 {derivative} 的公式："),
    "s:InsertRewrite": (
        "With the formula for {derivative}, in the order of the claim:",
        "代入 {derivative} 的公式，按命题中的次序写出：",
    ),
    "s:InsertSubstitute": (
        "With the formula for {derivative}, substitute {forward}, a bijection with inverse {backward}:",
        "代入 {derivative} 的公式，并作代换 {forward}，这是双射，其逆为 {backward}：",
    ),
    "s:InsertIdentities": (
        "With the formula for {derivative}, in the order of the claim, as {identities}:",
        "代入 {derivative} 的公式，因为 {identities}，按命题中的次序写出：",
    ),
    "t:Substitute": ("substitution", "代换"),
    "s:Substitute": (
        "Substitute {forward}, a bijection of the index ranges with inverse {backward}:",
        "作代换 {forward}，这是下标范围上的双射，其逆为 {backward}：",
    ),
    "t:Rewrite": ("the same sum", "同一个和"),
    "s:Rewrite": ("Written in the order of the claim:", "按命题中的次序写出："),
    "cancelled": ("{base} times its reciprocal is 1", "{base} 与其倒数之积为 1"),
    "s:Identities": (
        "Written in the order of the claim, as {identities}:",
        "因为 {identities}，按命题中的次序写出：",
    ),
    "t:Recognise": ("recognise {name}", "识别 {name}"),
    "s:Recognise": ("This contains {what}", "其中含有 {what}"),
    "s:Recognised": ("This is {what}, the claim:", "这正是 {what}，即所证："),
    "s:Recognised1": ("With {equations}, this is {what}, the claim:", "令 {equations}，这正是 {what}，即所证："),
    "s:Recognise1": ("With {equations}, this contains {what}", "令 {equations}，其中含有 {what}"),
    "t:ClosedForm": ("closed form", "闭式"),
    "s:ClosedForm": ("This is {what}, the claim:", "剩下的正是 {what}，即所证："),
    "s:Lemma": ("; it is {what}, a part of the claim:", "；这就是 {what}，是所证公式的一部分："),
    "s:Left": ("; what is left is {what}, the claim:", "；剩下的正是 {what}，即所证："),
    "s:Left0": ("; what is left is the claim, entry by entry:", "；剩下的逐元素就是所证："),
    "s:ClosedForm0": ("This is the claim, entry by entry:", "剩下的逐元素就是所证："),
    "s:Same": ("This is the claim, entry by entry.", "这逐元素就是所证。"),
    "decided": (
        "Both sides of every step of the proof are equal for all sizes; that was decided, not sampled.",
        "证明中每一步的两边对一切尺寸都相等；这是判定的结果，而不是抽样检验。",
    ),
    # worked example
    "e:sizes": ("Take {sizes}.", "取 {sizes}。"),
    "e:numbering": (
        "As usual for matrices, rows and columns are numbered from 1 here, and an axis with one entry gets no index.",
        "这里按矩阵的习惯，行列从 1 开始编号；只有一个元素的轴不写下标。",
    ),
    "e:forward": ("The forward formula, entry by entry:", "逐元素写出前向公式："),
    "e:partials": ("Every partial derivative:", "全部偏导数："),
    "e:matrices": ("Gathered into matrices:", "写成矩阵："),
    "e:numbers": ("In numbers, with {inputs}:", "代入数值 {inputs}："),
    "e:figure1": (
        "What {entry} is made of: a term for each numbered square.",
        "{entry} 的构成：每个编号的方格贡献一项。",
    ),
    "e:figure": (
        "What {entry} is made of: squares with the same number are multiplied, and the products added.",
        "{entry} 的构成：编号相同的方格相乘，各乘积相加。",
    ),
    # counterexample
    "c:title": ("A claim that is refuted", "被否定的命题"),
    "c:claim": ("The claim is", "命题为"),
    "c:derived": ("The derivative is in fact", "而导数实为"),
    "c:sizes": ("They differ already at {sizes}, the smallest sizes at which they do.", "二者在 {sizes} 时就已不同，这是最小的反例尺寸。"),
    "c:given": ("They differ for the sizes given.", "二者在所给尺寸下不同。"),
    "c:shapes": ("The gradient has shape {derived}, the claim {claimed}.", "梯度的形状为 {derived}，命题的形状为 {claimed}。"),
    "c:entry": ("At entry {entry}:", "在元素 {entry} 处："),
    "c:truth": ("derivative", "导数"),
    "c:claimed": ("claim", "命题"),
    "c:missing": ("Missing from the claim: {terms}.", "命题缺少：{terms}。"),
    "c:extra": ("In the claim but not in the derivative: {terms}.", "命题多出：{terms}。"),
    "c:numbers": ("In numbers: with {inputs}, and every other entry 0, the derivative is {derived} and the claim {claimed}.",
                  "代入数值：取 {inputs}，其余元素为 0，则导数为 {derived}，而命题给出 {claimed}。"),
    "c:zero": ("In numbers: with every entry 0, the derivative is {derived} and the claim {claimed}.",
               "代入数值：所有元素取 0，则导数为 {derived}，而命题给出 {claimed}。"),
    "c:function": ("Here σ(t) = t^{degree}.", "这里 σ(t) = t^{degree}。"),
    "c:mean": ("Did you mean", "是否想写"),
    "c:holds": ("That claim holds for all sizes.", "该命题对一切尺寸成立。"),
    "c:matrices": ("The two side by side, at these sizes:", "在这些尺寸下二者对照："),
}  # fmt: skip


def word(lang: str, key: str) -> str:
    """The words for `key`. Raises SymgradError for a language that is not known."""
    if lang not in LANGUAGES:
        raise SymgradError(f"proofs are written in {' and '.join(LANGUAGES)}; got {lang!r}")
    return _WORDS[key][LANGUAGES.index(lang)]


def known(key: str) -> bool:
    """Whether there are words for `key`."""
    return key in _WORDS


def phrase(lang: str, key: str, **parts: Part) -> Inline:
    """The words for `key` with its parts put in."""
    found: list[str | Layout] = []
    for piece in re.split(r"(\{\w+\})", word(lang, key)):
        if not piece:
            continue
        if not (piece.startswith("{") and piece.endswith("}")):
            found.append(piece)
            continue
        part = J if piece == "{J}" else parts[piece[1:-1]]
        if isinstance(part, tuple):
            found.extend(part)
        else:
            found.append(str(part) if isinstance(part, int) else part)
    return _together(found)


def listed(lang: str, items: Sequence[Inline], last: str = "list", other: str = "list") -> Inline:
    """Items with commas, or what `other` says between them; `last` joins the last two."""
    found: list[str | Layout] = []
    for place, item in enumerate(items):
        if place:
            found.append(word(lang, last if place == len(items) - 1 else other))
        found.extend(item)
    return _together(found)


def _together(parts: Sequence[str | Layout]) -> Inline:
    """Neighbouring words as one text; between Chinese characters there is no space."""
    found: list[str | Layout] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = _WITHIN_CHINESE.sub("", last + part)
        else:
            found.append(part)
    return tuple(found)


def every_character() -> set[str]:
    """Every character that the words contain: what a font must have."""
    return {character for pair in _WORDS.values() for text in pair for character in text}
