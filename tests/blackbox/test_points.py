"""Points and directions: exact, and where they are apart, nothing is met on the way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symgrad.blackbox.points import Lattice

sides = st.tuples(st.integers(1, 4), st.integers(1, 5))
lattices = st.builds(Lattice, st.integers(1, 50), st.integers(1, 10))


@given(lattices, sides, sides, st.integers(0, 2**32))
def test_entries_of_a_point_apart_are_different_and_none_is_whole(lattice, one, other, seed):
    point = lattice.point(np.random.default_rng(seed), {"x": one, "w": other})
    entries = np.concatenate([array.ravel() for array in point.values()])
    assert len(set(entries.tolist())) == entries.size
    assert not np.any(entries == np.rint(entries))


@given(lattices, sides, st.integers(0, 2**32), st.integers(-6, 6))
def test_along_a_direction_no_entry_passes_another_or_a_whole_number(lattice, shape, seed, t):
    rng = np.random.default_rng(seed)
    point = lattice.point(rng, {"x": shape})
    moved = point["x"] + t * lattice.direction(rng, point, point["x"].size)["x"]
    assert np.array_equal(np.floor(moved), np.floor(point["x"]))
    assert np.array_equal(np.argsort(moved, axis=None), np.argsort(point["x"], axis=None))


@given(st.integers(1, 1000), st.integers(1, 12), st.integers(-(10**6), 10**6))
def test_plain_points_are_multiples_of_the_scale_around_where_they_are_asked_for(span, scale, near):
    point = Lattice(span, None, scale, near).point(np.random.default_rng(0), {"x": (20,)})["x"] / scale
    assert np.array_equal(point, np.rint(point))
    assert np.all(np.abs(point - near) <= span)
