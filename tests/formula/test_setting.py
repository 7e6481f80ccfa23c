"""What is known before a formula is read, and its mistakes."""

import pytest

from symgrad.errors import SymgradError
from symgrad.formula.setting import LAYERS, ROLES, Setting, read_shapes


def test_shapes_are_read_from_text():
    assert read_shapes("a=3x3, W=2×2") == {"a": (3, 3), "W": (2, 2)}
    assert read_shapes("a = N x H") == {"a": ("N", "H")}
    assert read_shapes("") == {}


@pytest.mark.parametrize("text", ["a", "a=", "a=3x", "=3", "a=3x-1", "a=0x3", "a=3x3;W=2"])
def test_what_is_no_shape_is_refused(text):
    with pytest.raises(SymgradError):
        read_shapes(text)


@pytest.mark.parametrize(
    "options",
    [
        {"layer": "conv9d"},
        {"star": "product"},
        {"mode": "half"},
        {"bias": "sample"},
        {"upsample": "zeros"},
        {"base": 2},
        {"names": {"u": "input"}},
    ],
)
def test_what_is_no_option_is_refused(options):
    with pytest.raises(SymgradError):
        Setting(**options)


def test_a_name_is_what_the_setting_says_before_what_is_usual():
    setting = Setting(names={"a": "z", "h": "σ"})
    assert setting.role("a") == "z"
    assert setting.role("h") == "σ"
    assert setting.role("W") == "W"
    assert setting.role("q") is None


def test_a_name_has_one_usual_role():
    every = [name for names in ROLES.values() for name in names]
    assert len(every) == len(set(every))


def test_a_shape_is_found_by_any_name_of_its_role():
    assert Setting(shapes={"x": (3, 3)}).shape("a") == (3, 3)
    assert Setting(shapes={"x": (3, 3)}).shape("W") is None


def test_an_unknown_layer_is_refused_with_the_list_and_the_nearest():
    for said, meant in (
        ("conv9d", "conv2d"),
        ("dense", "linear"),
        ("mse", "mse_loss"),
        ("LayerNorm", "layer_norm"),
    ):
        with pytest.raises(SymgradError) as problem:
            Setting(layer=said)
        assert all(layer in str(problem.value) for layer in LAYERS)
        assert str(problem.value).endswith(f"did you mean {meant}?")
