"""Losses in the ways people write them: told by their signature, and none needs an adapter for a layer."""

import numpy as np
import pytest

from symgrad.errors import ArgumentError
from symgrad.testing import check_backward, check_layer, loss


def mse(pred, target):
    return np.mean((pred - target) ** 2)


def mse_grad(pred, target):
    return 2 * (pred - target) / pred.size


def mse_target_first(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


class MSELoss:
    def forward(self, pred, target):
        self.difference = pred - target
        return np.mean(self.difference**2)

    def backward(self):
        return 2 * self.difference / self.difference.size


class Handed(MSELoss):
    def backward(self, dout):
        return dout * super().backward()


class ByDefault(MSELoss):
    """Ignores what comes in, as whoever writes `dout=1` often does."""

    def backward(self, dout=1):
        return super().backward()


class WithBoth:
    def loss(self, y, y_hat):
        return np.mean((y - y_hat) ** 2)

    def gradient(self, y, y_hat):
        return -2 * (y - y_hat) / y.size


def mse_with_cache(pred, target):
    return mse(pred, target), (pred, target)


RIGHT = [
    (mse, mse_grad),
    (mse, lambda dout, pred, target: (dout * mse_grad(pred, target), None)),
    (mse_target_first, lambda y_true, y_pred: 2 * (y_pred - y_true) / y_true.size),
    (mse_with_cache, lambda cache: mse_grad(*cache)),
    (MSELoss, None),
    (Handed, None),
    (ByDefault, None),
    (WithBoth, None),
]


@pytest.mark.parametrize(("forward", "backward"), RIGHT)
def test_losses_in_the_wild_pass_without_an_adapter(forward, backward):
    report = check_layer("mse_loss", forward, backward)
    assert report.passed, str(report)
    assert {finding.what for finding in report.findings} == {"out", "dx"}


class Reversed(WithBoth):
    def gradient(self, y, y_hat):
        return 2 * (y - y_hat) / y.size


class PerSample(MSELoss):
    def backward(self):
        return 2 * self.difference / len(self.difference)


@pytest.mark.parametrize(
    ("forward", "backward", "cause"),
    [
        (mse, lambda pred, target: (pred - target) / pred.size, "a factor of ½"),
        (Reversed, None, "sign"),
        (PerSample, None, ""),
    ],
)
def test_their_mistakes_are_found(forward, backward, cause):
    (wrong,) = [
        finding for finding in check_layer("mse_loss", forward, backward).findings if not finding.passed
    ]
    assert (wrong.kind, wrong.what) == ("WRONG GRADIENT", "dx")
    assert cause in wrong.cause


def test_what_has_no_gradient_to_be_handed_is_refused_with_the_adapter_to_say():
    arguments = {"pred": "N C", "target": "N C"}
    with pytest.raises(ArgumentError, match=r"MSELoss.backward takes no gradient .* adapter=loss"):
        check_backward(MSELoss, None, arguments)
    assert check_backward(MSELoss, None, arguments, adapter=loss, wrt=["pred"]).passed
    assert not check_backward(PerSample, None, arguments, adapter=loss, wrt=["pred"]).passed
