"""Rules of the scorer that hold for every answer: symmetry, what never matters, what always does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.quality.scoring import MAX_WORDS, f1, judge, normal, numbers, says_absent
from tests.bench.making import asked

words = st.lists(st.sampled_from(["red", "fox", "the", "a", "hare", "blue", "7", "9.5", "Ulm", "x-y"]), max_size=8)
texts = words.map(" ".join)
marks = st.text(alphabet=".,;:!?\"'()[]*_ \t", max_size=3)


def right(answer, *true, question="Which one?", max_words=0, **changes):
    """Tell whether an answer is right."""
    return judge(asked(question, *true, **changes), answer, max_words=max_words).right


@given(texts, texts)
def test_f1_is_symmetric(one, other):
    """It does not matter which of two texts is the true one."""
    assert f1(one, other) == f1(other, one)


@given(texts, texts)
def test_f1_lies_between_nothing_and_all(one, other):
    """F1 is one for the same words in any order, nothing where no word is shared, and between them otherwise."""
    found = f1(one, other)
    ours, theirs = normal(one).split(), normal(other).split()
    assert 0 <= found <= 1
    assert (found == 1) == (sorted(ours) == sorted(theirs))
    assert (found == 0) == (not set(ours) & set(theirs) and bool(ours or theirs))


@given(st.text(max_size=60))
def test_normal_text_is_normal(text):
    """Text that was normalised is in lower case, with single spaces and without signs."""
    once = normal(text)
    assert once == " ".join(once.split())
    assert once == once.lower()
    assert not any(sign in once for sign in ".,;:!?$+<>=^`|~")


@given(texts, marks, marks)
def test_signs_around_an_answer_do_not_matter(text, before, after):
    """Punctuation and white space around an answer change no verdict of words."""
    for metric in ("contains", "exact", "f1"):
        plain = right(text, "red fox", metric=metric)
        assert right(f"{before} {text} {after}", "red fox", metric=metric) == plain


@given(texts)
def test_case_does_not_matter(text):
    """An answer in capitals is as right as one without."""
    for metric in ("contains", "exact", "f1"):
        assert right(text.upper(), "red fox", metric=metric) == right(text.lower(), "red fox", metric=metric)


@given(texts, texts)
def test_more_true_answers_never_hurt(text, other):
    """An answer that is right by one true answer is right when there are others as well."""
    for metric in ("contains", "exact", "f1"):
        if right(text, "red fox", metric=metric):
            assert right(text, other or "x", "red fox", metric=metric)


@given(texts)
def test_all_is_harder_than_any(text):
    """What names all true answers names one of them."""
    if right(text, "red", "blue", match_all=True):
        assert right(text, "red", "blue")
        assert right(text, "red")
        assert right(text, "blue")


@given(texts)
def test_exact_is_harder_than_the_others(text):
    """An answer that is exact is contained, and its F1 is 1."""
    verdict = judge(asked("Who?", "red fox"), text, max_words=0)
    if verdict.exact:
        assert verdict.right
        assert verdict.f1 == 1


@given(words, st.integers(1, 10))
def test_the_limit_of_words_is_exact(found, most):
    """An answer of as many words as are allowed can be right, one of more cannot."""
    answer = " ".join([*found, "ulm"])
    assert right(answer, "ulm", max_words=most) is (len(answer.split()) <= most)


@given(st.integers(-999, 999), st.integers(-999, 999), st.integers(0, 50))
def test_a_tolerance_is_symmetric(told, true, tolerance):
    """Being off by as much is right or wrong to both sides alike."""
    one = right(str(told), str(true), metric="number", tolerance=float(tolerance))
    other = right(str(true), str(told), metric="number", tolerance=float(tolerance))
    assert one == other == (abs(told - true) <= tolerance)


@given(st.integers(0, 10**9))
def test_commas_in_a_number_do_not_matter(value):
    """A number with and without commas is the same, on both sides."""
    for answer in (f"{value}", f"{value:,}", f"It is {value:,}."):
        assert right(answer, f"{value:,}", metric="number")
        assert right(answer, f"{value}", metric="number")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("7", [7]),
        ("-7", [-7]),
        ("+7", [7]),
        ("7.", [7]),
        ("7.5", [7.5]),
        (".5", []),
        ("7 and 8", [7, 8]),
        ("7-8", [7, 8]),
        ("1,000", [1000]),
        ("1,000,000", [1_000_000]),
        ("1,00", [1, 0]),
        ("1.000", [1]),
        ("v1", []),
        ("1st", [1]),
        ("10%", [10]),
        ("$5", [5]),
        ("#5", [5]),
        ("2024-01-05", [2024, 1, 5]),
        ("1e5", [1]),
        ("٣", [3]),
        ("½", []),
        ("twenty", [20]),
        ("Twenty-one", [20, 1]),
        ("zero", [0]),
        ("zeroes", []),
        ("one 1", [1]),
        ("a dozen", []),
    ],
)
def test_which_numbers_a_text_has(text, found):
    """Numbers are read in order, words for them only where there are no digits."""
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Absent", True),
        ("ABSENT!", True),
        ("**absent**", True),
        ("unknown", True),
        ("Unanswerable.", True),
        ("not found", True),
        ("Not stated", True),
        ("It is not known", True),
        ("this is not specified", True),
        ("not in the text", True),
        ("No answer.", True),
        ("The text does not say", True),
        ("the text doesn't mention it", True),
        ("text does not say so", True),
        ("notfound", False),
        ("not quite", False),
        ("unknowns", False),
        ("The answer is unknown", False),
        ("an absent friend", False),
        ("no", False),
        ("none", False),
        ("0", False),
    ],
)
def test_which_words_say_absent(answer, expected):
    """Absence is said at the beginning, in whole words of a few forms; anything else is an answer."""
    assert says_absent(answer) is expected


@pytest.mark.parametrize("answer", ["Ulm", "", "absent", "7", "B", "x" * 20_000])
@pytest.mark.parametrize("changes", [{}, {"metric": "exact"}, {"metric": "f1"}, {"metric": "number"}])
def test_an_absent_task_has_no_right_words(answer, changes):
    """Where there is no answer only saying so by the protocol is right, whatever the words."""
    nothing = asked("Who?", absent=True, **changes)
    assert not judge(nothing, answer).right
    assert judge(nothing, answer, absent=True).right


FORMS = ["{}", "({})", "{}.", "{}) a thing", "Answer: {}", "The answer is {}", "option {}", "the answer is ({})"]


@pytest.mark.parametrize("letter", "ABCD")
@pytest.mark.parametrize("form", FORMS)
def test_a_letter_in_any_form(letter, form):
    """A letter is read from the usual ways of giving it, in both cases."""
    task = {"metric": "choice", "letters": True, "choices": ("w", "x", "y", "z")}
    assert right(form.format(letter), letter, **task)
    assert right(form.format(letter.lower()), letter, **task)
    assert not right(form.format("ABCD"[("ABCD".index(letter) + 1) % 4]), letter, **task)


@given(st.text(max_size=80), st.sampled_from(["contains", "exact", "f1", "number", "choice"]), st.booleans())
def test_any_answer_is_judged(answer, metric, letters):
    """No answer to any task ends in an error, and a verdict is consistent in itself."""
    choices = ("7", "8") if metric == "choice" else ()
    verdict = judge(asked("Is it 7 or 8?", "7", metric=metric, letters=letters, choices=choices), answer)
    assert 0 <= verdict.f1 <= 1
    assert not verdict.exact or verdict.f1 == 1
    assert verdict.right in (True, False)


def test_the_number_of_words_has_a_default():
    """Without a limit given, an answer that must contain the true one has at most twelve words."""
    assert MAX_WORDS == 12
    task = asked("Which?", "x")
    assert judge(task, "y " * 11 + "x").right
    assert not judge(task, "y " * 12 + "x").right
