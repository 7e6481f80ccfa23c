"""What names tell of a pair: its convention, its shapes, and what is left open."""

import pytest

from symgrad.audit.find import Pair
from symgrad.audit.infer import infer


def pair(name="conv_forward", parameters=("x", "w", "b"), **rest):
    given = {"back_parameters": ("dout", "cache"), "returns": 2, "backward": "conv_backward"} | rest
    return Pair("layers.py", name, 1, given.pop("kind", "functions"), parameters=parameters, **given)


def test_a_cache_handed_over_is_the_convention_of_cs231n():
    assert infer(pair()).convention == "cs231n"
    assert infer(pair(back_parameters=("dout", "x", "w", "b"), returns=1)).convention == "pair"


@pytest.mark.parametrize(
    ("parameter", "convention"), [("x", "derivative"), ("z", "derivative"), ("a", "derivative at the output")]
)
def test_a_derivative_is_taken_at_what_its_parameter_is_called(parameter, convention):
    made = pair("sigmoid", ("x",), backward="sigmoid_derivative", back_parameters=(parameter,), returns=1)
    assert infer(made).convention == convention


def test_convolutions_are_tried_on_images_and_dense_layers_on_rows_first():
    (images, *_), (rows, *_) = infer(pair()).calls, infer(pair("affine_forward")).calls
    assert [len(call.shapes["x"]) for call in images] == [4, 4]
    assert [len(call.shapes["x"]) for call in rows] == [2, 2]


def test_channels_come_last_where_the_user_says_so():
    call = infer(pair(), layout="NHWC").calls[0][1]
    assert (call.shapes["x"][-1], call.shapes["w"][2]) == (3, 3)


def test_options_are_found_in_parameters_and_in_dictionaries():
    made = pair(parameters=("x", "w", "conv_param"), keys={"conv_param": ("stride", "pad")})
    assert infer(made).calls[0][1].options == {"stride": 2, "pad": 1}
    assert infer(pair(parameters=("x", "w", "stride"))).calls[0][0].options == {"stride": 1}


def test_a_parameter_of_no_known_meaning_is_asked_for():
    assert infer(pair(parameters=("x", "w", "momentum"))).unknown == ("momentum",)
    assert infer(pair(parameters=("x", "w", "momentum"), defaults=("momentum",))).unknown == ()


def test_the_first_parameter_is_the_input_whatever_its_name():
    assert set(infer(pair("relu", ("activations",))).calls[0][0].shapes) == {"activations"}


@pytest.mark.parametrize(
    "attribute", ["dw", "d_w", "dW", "grad_w", "w_gradient", "dLdw", "dJ_dw", "_dw", "grads_w"]
)
def test_the_attribute_that_holds_a_gradient_is_told_by_its_name(attribute):
    made = pair(
        "Dense",
        ("x",),
        kind="class",
        backward="",
        back_parameters=("dout",),
        made_of=(("w", False),),
        left=("x", attribute),
    )
    assert infer(made).gradients == {"w": attribute}


def test_a_gradient_that_is_left_nowhere_is_asked_for():
    made = pair(
        "Dense",
        ("x",),
        kind="class",
        backward="",
        back_parameters=("dout",),
        made_of=(("w", False),),
        left=("x", "cache"),
    )
    assert infer(made).unknown == ("the gradient of w",)


def test_a_method_that_takes_more_than_a_gradient_is_asked_about():
    made = pair("Softmax", ("x",), kind="class", backward="", back_parameters=("out", "dout"))
    assert infer(made).unknown == ("each argument of backward",)


def test_options_of_a_derivative_keep_their_defaults():
    made = pair("Elu", ("x",), kind="derivative", backward="", made_of=(("alpha", True),))
    assert infer(made).convention == "derivative"
    assert infer(made).calls[0][0].options == {}
