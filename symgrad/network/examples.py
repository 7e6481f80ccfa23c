"""Networks of the literature, each in a few lines; `symgrad verify --network lenet5` decides one.

Activations are an unknown function σ, so that what is PROVED holds for any, where it is not the point of
the network which they are. Sizes are symbols where the
network does not fix them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symgrad.catalogue import nearest
from symgrad.errors import UnknownRule
from symgrad.language.algebra import flatten, function
from symgrad.language.index import sizes
from symgrad.language.tensor import tensor
from symgrad.layers.global_pool import global_avg_pool
from symgrad.layers.smooth import gelu
from symgrad.network.network import Network
from symgrad.network.sequence import (
    avg_pool2d,
    batch_norm,
    concat,
    conv2d,
    conv_transpose2d,
    depthwise_conv2d,
    layer_norm,
    linear,
    max_pool2d,
    residual,
    self_attention,
    sequential,
)
from symgrad.network.step import StepLike

N, C, H, W, I, M, O, B = sizes("N C H W I M O B")
A, D, E, F, T = sizes("A D E F T")
sigma = function("σ")


@dataclass(frozen=True)
class Example:
    """A network of the literature, made when it is asked for."""

    name: str
    title: str
    make: Callable[[str], Network]


_examples: dict[str, Example] = {}


def _example(name: str, title: str) -> Callable[[Callable[[str], Network]], None]:
    def register(make: Callable[[str], Network]) -> None:
        _examples[name] = Example(name, title, make)

    return register


def examples() -> list[Example]:
    """Every example."""
    return list(_examples.values())


def example(name: str) -> Network:
    """The example of that name. Raises UnknownRule, with the nearest names, if there is none."""
    if name not in _examples:
        hint = nearest(name, list(_examples)).replace("; `symgrad rules` lists all", "")
        raise UnknownRule(f"there is no network {name!r}{hint}; there are {', '.join(_examples)}")
    return _examples[name].make(name)


# -- the networks ---------------------------------------------------------------------------------


@_example("perceptron", "two fully connected layers (Rumelhart, Hinton & Williams, 1986)")
def _(name: str) -> Network:
    return sequential(tensor("x", N, I), linear(M), sigma, linear(O), sigma, name=name)


@_example("lenet5", "LeNet-5 (LeCun, Bottou, Bengio & Haffner, 1998), for images of 32×32")
def _(name: str) -> Network:
    return sequential(
        tensor("x", N, 1, 32, 32),
        *(conv2d(6, 5), sigma, avg_pool2d(2)),
        *(conv2d(16, 5), sigma, avg_pool2d(2)),
        flatten,
        *(linear(120), sigma),
        *(linear(84), sigma),
        linear(10),
        name=name,
    )


def _vgg(*blocks: int) -> list[StepLike]:
    """Blocks of 3×3 convolutions, the maps twice as many in each, a maximum pooling after each."""
    steps: list[StepLike] = []
    for number, depth in enumerate(blocks):
        for _layer in range(depth):
            steps += [conv2d(64 * 2**number, 3, padding=1), sigma]
        steps.append(max_pool2d(2))
    return steps


@_example("vgg", "a small VGG (Simonyan & Zisserman, 2015): blocks of 1, 1 and 2 convolutions, any image")
def _(name: str) -> Network:
    return sequential(tensor("x", N, 3, H, W), *_vgg(1, 1, 2), flatten, linear(10), name=name)


def _block(stride: int = 1, norm: Sequence[StepLike] = ()) -> StepLike:
    """Two 3×3 convolutions; one of stride 2 makes twice as many maps, and its shortcut is a convolution."""
    maps = C if stride == 1 else 2 * C
    return residual(
        *(conv2d(maps, 3, padding=1, stride=stride, bias=False), *norm, sigma),
        *(conv2d(maps, 3, padding=1, bias=False), *norm),
        shortcut=() if stride == 1 else [conv2d(maps, 1, stride=stride, bias=False), *norm],
    )


@_example("resnet_block", "a residual block with batch normalization (He, Zhang, Ren & Sun, 2016)")
def _(name: str) -> Network:
    return sequential(tensor("x", N, C, H, W), _block(norm=[batch_norm()]), sigma, name=name)


@_example("residual_block", "the same without normalization")
def _(name: str) -> Network:
    return sequential(tensor("x", N, C, H, W), _block(), sigma, name=name)


@_example("resnet", "a small residual network: a block, a block of stride 2, global average pooling")
def _(name: str) -> Network:
    norm: list[StepLike] = [batch_norm()]
    blocks = (_block(norm=norm), sigma, _block(stride=2, norm=norm), sigma)
    stem = (conv2d(C, 3, padding=1, bias=False), *norm, sigma)
    return sequential(tensor("x", N, 3, H, W), *stem, *blocks, global_avg_pool, linear(10), name=name)


@_example("inception", "an inception module (Szegedy et al., 2015): four branches joined")
def _(name: str) -> Network:
    branches = concat(
        [conv2d(B, 1), sigma],
        [conv2d(M, 1), sigma, conv2d(B, 3, padding=1), sigma],
        [conv2d(M, 1), sigma, conv2d(B, 5, padding=2), sigma],
        [max_pool2d(3, stride=1, padding=1), conv2d(B, 1), sigma],
    )
    return sequential(tensor("x", N, C, H, W), branches, name=name)


@_example("mobilenet_block", "a depthwise separable convolution of stride 2 (Howard et al., 2017)")
def _(name: str) -> Network:
    depthwise = (depthwise_conv2d(1, 3, stride=2, padding=1), sigma)
    return sequential(tensor("x", N, C, H, W), *depthwise, conv2d(M, 1), sigma, name=name)


@_example("transformer_block", "a transformer block (Vaswani et al., 2017), normalized first as in GPT-2")
def _(name: str) -> Network:
    return sequential(
        tensor("x", N, T, E),
        residual(layer_norm(), self_attention(heads=A, width=D)),
        residual(layer_norm(), linear(F), gelu, linear(E)),
        name=name,
    )


@_example("autoencoder", "a convolution of stride 2 and back by a transposed one (Zeiler et al., 2010)")
def _(name: str) -> Network:
    down = (conv2d(M, 3, stride=2, padding=1), sigma)
    up = conv_transpose2d(C, 3, stride=2, padding=1, output_padding=1)
    return sequential(tensor("x", N, C, H, W), *down, up, name=name)
