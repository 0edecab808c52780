import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.candidates import LONGEST, candidates, kind_of
from rao_cli.agent.finding.tokens import tokens
from tests.agent.finding.helpers import asked

TEXT = "In 1742 the glazier Tom Reed sold 40 blue panes (of lead) to York for £3 6s."


def found(question, sentence=TEXT):
    """Return the candidates' texts."""
    return [candidate.text for candidate in candidates(asked(question), sentence)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When did the glazier sell panes?", "1742"),
        ("Who sold the panes?", "Tom Reed"),
        ("How many panes were sold?", "40"),
        ("To which town were the panes sold?", "York"),
        ("What did the glazier sell?", "40 blue panes"),
        ("For how much were they sold?", "£3 6s"),
    ],
)
def test_the_answer_is_among_the_candidates(question, answer):
    """Names, numbers, prices and phrases of the sentence are candidates."""
    assert answer in found(question)


def test_the_question_is_no_answer():
    """What only repeats the question's words is left out."""
    assert not {"panes", "glazier", "glazier sold"} & set(found("Who was the glazier that sold panes?"))


def test_strong_punctuation_is_not_crossed():
    """No candidate goes across a bracket."""
    assert not any("panes (of" in text for text in found("What was sold?"))


def test_clauses_are_crossed_only_where_one_is_asked_for():
    """Why and how may be answered by a clause; who may not."""
    sentence = "The well dried because miners were digging below."
    assert "miners were digging" in found("Why did the well dry?", sentence)
    assert "miners were digging" not in found("Who dried the well?", sentence)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1987", "year"),
        ("3 May 1987", "date"),
        ("the 1990s", "dated"),
        ("17", "number"),
        ("two hundred", "number"),
        ("17 miles", "quantity"),
        ("$4 million", "money"),
        ("12%", "percent"),
        ("--quiet", "code"),
        ("debian/rules", "code"),
        ("set_mode", "code"),
        ("v2.0.1", "code"),
        ("Anna Bell", "name"),
        ("Anna", "capital"),
        ("NATO", "capitals"),
        ("House of Anna", "title"),
        ("blue glass", "lower"),
        ("blue Anna", "mixed"),
    ],
)
def test_kinds(text, kind):
    """What a run of words looks like is told by its form."""
    assert kind_of(tokens(text)) == kind


def test_a_place_in_the_sentence_is_kept():
    """A candidate's span holds its text, white space aside."""
    sentence = "It was Tom\nReed."
    for candidate in candidates(asked("Who was it?"), sentence):
        assert " ".join(sentence[candidate.span.start : candidate.span.end].split()) == candidate.text


def test_features_name_the_kind_and_the_neighbours():
    """Features say what is sought, what the candidate looks like and what stands beside it."""
    reed = next(each for each in candidates(asked("Who sold the panes?"), TEXT) if each.text == "Tom Reed")
    assert {"person:name", "size:2", "subject:verb-next", "before:asked"} & set(reed.features) >= {
        "person:name",
        "size:2",
        "subject:verb-next",
    }


@given(st.text(alphabet=st.sampled_from("abAB1 .,()$%-\n\"'’"), max_size=200), st.text(max_size=60))
def test_any_sentence_and_question(sentence, question):
    """Whatever is asked of whatever text, candidates lie inside it and are short."""
    for candidate in candidates(asked(question), sentence):
        assert 0 <= candidate.span.start < candidate.span.end <= len(sentence)
        assert len(candidate.text.split()) <= 2 * LONGEST


@pytest.mark.timeout(10)
def test_hostile_sentences_take_bounded_time():
    """A sentence of a hundred thousand words costs no more than its beginning."""
    assert len(candidates(asked("What is it?"), "Word " * 100_000)) < 2_000


def features(question, sentence, text):
    """Return the features of one candidate."""
    return next(one.features for one in candidates(asked(question), sentence) if one.text == text)


@pytest.mark.parametrize(
    ("question", "sentence", "text", "feature"),
    [
        ("Who sold it?", "It was sold by Tom Reed.", "Tom Reed", "before:by"),
        ("Who sold it?", "It was sold by the miller.", "miller", "beyond:by"),
        ("When was it sold?", "It was sold in May 1742, they say.", "May 1742", "before:in"),
        ("When was it sold?", "It was sold in May 1742, they say.", "May 1742", "after:,"),
        ("Who sold it?", "It was sold by Tom Reed.", "Tom", "cut:name-after"),
        ("Who sold it?", "It was sold by Tom Reed.", "Reed", "cut:name-before"),
        ("Who sold it?", "It was sold by Tom B. Reed.", "Tom B", "cut:name-after"),
        ("When was it sold?", "It was sold on May 3, 1742.", "May 3", "cut:number-after"),
        ("How many?", "There were 40 million there.", "40", "cut:number-after"),
        ("What is it called?", 'It is called the "blue hole" there.', "blue hole", "quoted"),
        ("What is it called?", 'It is called the "blue hole" there.', "blue", "quote-cut"),
        ("What is it called?", "It (Bluehole) is deep.", "Bluehole", "bracketed"),
        ("Which park is old?", "Kern Park is old.", "Kern Park", "noun-last"),
        ("Which option is new?", "The --fast option is new.", "--fast", "noun-next"),
        ("Which option is new?", "The option --fast is new.", "--fast", "noun-before"),
        ("Which town did he leave from?", "He left from Tarn.", "Tarn", "same-preposition"),
        ("In which town did he live?", "He lived in Tarn.", "Tarn", "same-preposition"),
        ("What did he buy?", "He bought a boat.", "boat", "object:verb-before"),
        ("Who bought a boat?", "Ivo Marr bought a boat.", "Ivo Marr", "subject:verb-next"),
        ("What did he buy?", "He bought a boat. It sank.", "boat", "after:."),
        ("What did he see?", "He saw a boat", "boat", "after:edge"),
        ("Who owns it?", "Ann's boat left.", "Ann", "after:possessive"),
        ("What is sold?", "They sell tin, lead and zinc.", "tin, lead and zinc", "inner:comma"),
        ("What is sold?", "They sell tin, lead and zinc.", "tin, lead and zinc", "inner:and"),
    ],
)
def test_features_that_tell_answers(question, sentence, text, feature):
    """What stands beside, in and around a candidate becomes a feature by name."""
    assert features(question, sentence, text).get(feature)


def test_nearness_fades():
    """A word of the question counts more the nearer it stands to the candidate."""
    near = features("Who sold the mill?", "The mill went to Ann and much later to Bob.", "Ann")
    far = features("Who sold the mill?", "The mill went to Ann and much later to Bob.", "Bob")
    assert near["left"] > far["left"] > 0


def test_weights_of_words_are_used():
    """A rare word of the question beside a candidate is worth more than a common one."""
    sentence = "Ann left the mill. Bob"
    light = candidates(asked("Who left the mill?"), sentence, {"mil": 0.1, "leave": 0.9})[0].features
    heavy = candidates(asked("Who left the mill?"), sentence, {"mil": 0.9, "leave": 0.1})[0].features
    assert light != heavy


def test_stems_leave_small_words_out():
    """A candidate's stems are those of its words that carry meaning."""
    title = next(
        one for one in candidates(asked("What?"), "The Bank of Tarn closed.") if one.text == "Bank of Tarn"
    )
    assert title.stems == ("bank", "tarn")


@pytest.mark.parametrize("sentence", ["", " ", "...", "of the and", "—"])
def test_sentences_without_content_have_no_candidates(sentence):
    """Where nothing is said, nothing answers."""
    assert found("Who was it?", sentence) == []


@pytest.mark.parametrize(("question", "one"), [("How many were there?", "one"), ("Who was there?", None)])
def test_number_words_answer_how_many(question, one):
    """One is an answer where a number is asked for, and a small word elsewhere."""
    assert ("one" in found(question, "There was one of them.")) == (one is not None)
