"""The report of `make bench` says what was measured, beside what, and whether the goal is met."""

from tests.bench.__main__ import benches
from tests.bench.report import Row, quantile, table


def test_a_ratio_is_held_against_its_goal() -> None:
    assert Row("write", 6.0, 2.0, "ms", 3.0).is_reached
    assert not Row("write", 6.2, 2.0, "ms", 3.0).is_reached


def test_a_figure_without_reference_is_held_against_its_goal_itself() -> None:
    assert Row("bytes", 1500.0, None, "kB", 1500).is_reached
    assert not Row("bytes", 1501.0, None, "kB", 1500).is_reached


def test_a_figure_without_goal_is_only_told() -> None:
    assert Row("bytes", 10_000.0, None, "kB").is_reached


def test_the_table_says_what_was_missed() -> None:
    lines = table([Row("a", 1.0, 2.0, "s", 1.3), Row("b", 5.0, 2.0, "s", 1.3)]).splitlines()
    assert lines[0].split() == ["what", "ours", "reference", "ratio", "to", "reach"]
    assert lines[1].split() == ["a", "1.00", "s", "2.00", "s", "0.50", "≤", "1.3"]
    assert lines[2].split() == ["b", "5.00", "s", "2.00", "s", "2.50", "≤", "1.3", "missed"]


def test_quantiles_are_those_of_the_values() -> None:
    values = [float(value) for value in range(1, 102)]  # 1 to 101: the middle is 51
    assert quantile(values, 0.5) == 51
    assert quantile(values, 0.95) == 96


def test_every_promised_figure_has_its_bench() -> None:
    assert {"cold", "imports", "pages", "progress", "wire", "writes"} <= set(benches())
