"""Layers with the arguments of their PyTorch namesakes, and the same in PyTorch: a table for several tests.

A function of the table takes `torch.nn.functional` and the tensors by name; a compound axis is one there.
"""

import symgrad as sg

N, C, H, W, G, A, L, S, D, E, K = sg.sizes("N C H W G A L S D E K")
SIZES = {
    extent.symbol: size
    for extent, size in zip((N, C, H, W, G, A, L, S, D, E, K), (2, 3, 2, 3, 2, 2, 3, 4, 2, 3, 2), strict=True)
}
z, y, maps = sg.tensor("z", N, C), sg.tensor("y", N, C), sg.tensor("z", N, C, H, W)
at_pixels, weights, each = sg.tensor("y", N, C, H, W), sg.tensor("weights", C), sg.tensor("weights", N, C)
query, key, value = sg.tensor("q", N, A, L, D), sg.tensor("k", N, A, S, D), sg.tensor("v", N, A, S, E)
grouped, mask, rate, scale = sg.tensor("q", N, (A, G), L, D), sg.tensor("mask", N, A, L, S), 0.25, 0.5
attention = sg.scaled_dot_product_attention
p, bce, logits = sg.tensor("p", N, C), sg.binary_cross_entropy, sg.binary_cross_entropy_with_logits
w, grouped_maps = sg.tensor("w", (G, C), K, 2, 2), sg.tensor("z", N, (G, C), H, W)
transposed = {"stride": 3, "padding": 1, "output_padding": (2, 1), "dilation": (1, 2)}


def dropped(F, t, **options):
    """Attention with a given mask, written out, as PyTorch draws its own."""
    weights = (t["q"] @ t["k"].mT / t["q"].shape[-1] ** 0.5).softmax(-1)
    return weights * t["mask"] / (1 - rate) @ t["v"]


CONSTANT = {"mask", "weights", "positive"}
"""Operands to which nothing goes back."""
ARGUMENTS = {
    "leaky_relu": (sg.leaky_relu(z, 0.3), lambda F, t: F.leaky_relu(t["z"], 0.3)),
    "elu": (sg.elu(z, alpha=1.5), lambda F, t: F.elu(t["z"], alpha=1.5)),
    "gelu": (sg.gelu(z, approximate="tanh"), lambda F, t: F.gelu(t["z"], approximate="tanh")),
    "softplus": (sg.softplus(z, beta=3), lambda F, t: F.softplus(t["z"], beta=3, threshold=100)),
    "softplus cut": (
        sg.softplus(z, beta=2, threshold=1),
        lambda F, t: F.softplus(t["z"], beta=2, threshold=1),
    ),
    "softmax": (sg.softmax(maps, dim=-2), lambda F, t: F.softmax(t["z"], dim=-2)),
    "log_softmax": (sg.log_softmax(maps, dim=0), lambda F, t: F.log_softmax(t["z"], dim=0)),
    "cross_entropy of each": (
        sg.cross_entropy(z, y, reduction="none"),
        lambda F, t: F.cross_entropy(t["z"], t["y"], reduction="none"),
    ),
    "cross_entropy": (
        sg.cross_entropy(maps, at_pixels, weights, label_smoothing=0.1),
        lambda F, t: F.cross_entropy(t["z"], t["y"], t["weights"], label_smoothing=0.1),
    ),
    "cross_entropy of each pixel": (
        sg.cross_entropy(maps, at_pixels, weights, reduction="none"),
        lambda F, t: F.cross_entropy(t["z"], t["y"], t["weights"], reduction="none"),
    ),
    "nll_loss of each": (sg.nll_loss(z, y, weights, reduction="none"), None),
    "nll_loss": (sg.nll_loss(z, y, weights), None),
    "nll_loss in all": (sg.nll_loss(maps, at_pixels, weights, reduction="sum"), None),
    "mse_loss of each": (
        sg.mse_loss(z, y, "none"),
        lambda F, t: F.mse_loss(t["z"], t["y"], reduction="none"),
    ),
    "mse_loss": (
        sg.mse_loss(z, y, weight=each),
        lambda F, t: F.mse_loss(t["z"], t["y"], weight=t["weights"]),
    ),
    "binary_cross_entropy": (
        bce(p, y, weights),
        lambda F, t: F.binary_cross_entropy(t["p"], t["y"], t["weights"]),
    ),
    "binary_cross_entropy of each": (
        bce(p, y, each, reduction="none"),
        lambda F, t: F.binary_cross_entropy(t["p"], t["y"], t["weights"], reduction="none"),
    ),
    "logits": (
        logits(z, y, each, pos_weight=sg.tensor("positive", C)),
        lambda F, t: F.binary_cross_entropy_with_logits(
            t["z"], t["y"], t["weights"], pos_weight=t["positive"]
        ),
    ),
    "logits of each": (
        logits(z, y, pos_weight=sg.tensor("positive", C), reduction="none"),
        lambda F, t: F.binary_cross_entropy_with_logits(
            t["z"], t["y"], pos_weight=t["positive"], reduction="none"
        ),
    ),
    "batch_norm": (
        sg.batch_norm(maps, training=True, momentum=0.3, eps=1e-3),
        lambda F, t: F.batch_norm(t["z"], None, None, training=True, momentum=0.3, eps=1e-3),
    ),
    "group_norm": (
        sg.group_norm(grouped_maps, G, eps=1e-3),
        lambda F, t: F.group_norm(t["z"], SIZES[G.symbol], eps=1e-3),
    ),
    "rms_norm": (
        sg.rms_norm(maps, [H, W], eps=1e-3),
        lambda F, t: F.rms_norm(t["z"], t["z"].shape[2:], eps=1e-3),
    ),
    "conv_transpose2d": (
        sg.conv_transpose2d(grouped_maps, w, groups=G, **transposed),
        lambda F, t: F.conv_transpose2d(t["z"], t["w"], groups=SIZES[G.symbol], **transposed),
    ),
    "dropout": (sg.dropout(z, each, training=False), lambda F, t: F.dropout(t["z"], training=False)),
    "attention, causal": (
        attention(query, key, value, is_causal=True),
        lambda F, t: F.scaled_dot_product_attention(t["q"], t["k"], t["v"], is_causal=True),
    ),
    "attention, scaled": (
        attention(query, key, value, sg.tensor("mask", L, S), scale=scale),
        lambda F, t: F.scaled_dot_product_attention(t["q"], t["k"], t["v"], t["mask"], scale=scale),
    ),
    "attention, dropped": (attention(query, key, value, dropout_p=rate, dropout_mask=mask), dropped),
    "attention, shared": (
        attention(grouped, key, value, is_causal=True, enable_gqa=True),
        lambda F, t: F.scaled_dot_product_attention(t["q"], t["k"], t["v"], is_causal=True, enable_gqa=True),
    ),
}
