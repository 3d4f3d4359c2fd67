"""Student t, normal and binomial, held against a library that is not needed to run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dashboard.progress import chance


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 30, 400])
def test_student_t_agrees_far_into_both_tails(freedom: int) -> None:
    t = np.concatenate([np.linspace(-40.0, 40.0, 801), [-1e6, 0.0, 1e6]])
    ours = chance.student_below(t, np.full(t.shape, float(freedom)))
    np.testing.assert_allclose(ours, stats.t.cdf(t, freedom), rtol=1e-9)
    for probability in (0.05, 0.5, 0.9, 0.975):
        assert chance.student_quantile(probability, freedom) == pytest.approx(
            stats.t.ppf(probability, freedom), rel=1e-11, abs=1e-15
        )


def test_with_two_degrees_the_quantile_is_a_formula() -> None:
    # t = (2p - 1) / sqrt(2 p (1 - p))
    assert chance.student_quantile(0.9, 2) == pytest.approx(0.8 / 0.18**0.5, rel=1e-12)


def test_no_t_is_no_probability() -> None:
    assert np.isnan(chance.student_below(np.array([np.nan]), np.array([3.0]))).all()


def test_normal_two_sided() -> None:
    z = np.array([0.0, 1.959963984540054, -8.0])
    np.testing.assert_allclose(chance.normal_two_sided(z), 2 * stats.norm.sf(np.abs(z)), rtol=1e-12)


@settings(deadline=None)
@given(st.integers(0, 400), st.data(), st.floats(0.02, 0.98))
def test_binomial_agrees(trials: int, data: st.DataObject, share: float) -> None:
    successes = data.draw(st.integers(0, trials))
    ours = chance.binomial_two_sided(successes, trials, share)
    expected = 1.0 if trials == 0 else stats.binomtest(successes, trials, share).pvalue
    # Below that the library itself loses digits.
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-250)
