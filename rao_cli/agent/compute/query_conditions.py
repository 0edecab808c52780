"""Turn the columns, values, numbers, dates and quotations of a question into conditions on rows.

"status 404", "404 responses", "more than 1,000 bytes", "before May 1, 2023", 'Invalid user', "not 200": each
becomes a filter, and what is left are operations, columns and names for rows. Limits: "not" belongs to what
follows it; a number without a column's name is of the column that clearly has it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rao_cli.agent.compute.query import Field, Filter, Test
from rao_cli.agent.compute.query_family import Family, Item
from rao_cli.agent.compute.query_link import clear_column, occurs, tag
from rao_cli.agent.compute.query_words import Token, keys, looks_like_value, tokens, words
from rao_cli.documents.data.times import moment

_NUMBERS: dict[str, Test] = {"above": "above", "below": "below", "at least": "least", "at most": "most"}
_TIMES: dict[str, Test] = {
    "before": "before",
    "after": "after",
    "since": "since",
    "until": "until",
    "below": "before",
    "above": "after",
}
_BOUNDS = frozenset({*_NUMBERS, "before", "after"})
_DROPPED = frozenset({",", "it", "since", "kind", "starts", "ends", "word"})
"""What may be left over without a meaning of its own: "from" that begins no time, for instance."""
_LINKING = words("is was are were of be equal equals to = == code number named called as value : other than not")
"""Words that may stand between the name of a column and its value."""
_DATING = _LINKING | words("on in at during")
"""And those between the name of a time and a date: "arrived on 4 March"."""


class NotUnderstoodError(Exception):
    """Raised inside the parsing of a question by what cannot be linked; it never leaves it."""


@dataclass
class Conditions:
    """Reads the items of a question into filters, other items staying as they are."""

    family: Family
    words: Sequence[Token]
    kind: Field | None = None
    """The column that the question says tells the kind of a row."""
    known: Mapping[tuple[str, ...], Item] = field(default_factory=dict)
    """What the labels stand for that records have by their meaning."""
    items: list[Item] = field(default_factory=list)
    done: list[Item] = field(default_factory=list)
    _negated: bool = False

    def read(self, items: Sequence[Item]) -> list[Item]:
        """Return the items with conditions as filters. Raises NotUnderstoodError for what stays unlinked."""
        self.items, self.done, self._negated = list(items), [], False
        while self.items:
            item = self.items.pop(0)
            self._step(item)
        if self._negated:
            raise NotUnderstoodError
        return [item for item in self.done if not (item.kind == "op" and item.text in _DROPPED)]

    def _step(self, item: Item) -> None:
        if item.kind == "op":
            self._operation(item)
        elif item.kind == "date":
            self._time(item, "on", item)
        elif item.kind in ("quoted", "number"):
            self._value(item)
        elif item.filter:
            self._add(item, self._named_value(item, item.filter))
            if self._next("field") and self.items[0].field == item.filter.field and self.items[0].at == item.end:
                self.items.pop(0)  # the South region
        else:
            self.done.append(item)

    def _operation(self, item: Item) -> None:
        if item.text == "not":
            self._negated = not self._negated
        elif item.text == "between":
            self._between(item)
        elif item.text in ("starts", "ends", "word") and self._next("quoted"):
            self._edge(item, self.items.pop(0))
        elif item.text in _TIMES and self._next("date", "it"):
            self._time(item, _TIMES[item.text], self.items.pop(0))
        elif item.text in _NUMBERS and self._next("number"):
            self._compared(item)
        elif item.text in _BOUNDS:
            raise NotUnderstoodError
        else:
            self.done.append(item)

    def _edge(self, item: Item, quoted: Item) -> None:
        """Add what a row or a column of text starts or ends with, or the whole word in it."""
        last = self.done[-1] if self.done else None
        field = last.field if item.text != "word" and last and last.kind == "noun" and last.field else Field()
        test: Test = "starts" if item.text == "starts" else "ends" if item.text == "ends" else "word"
        self._add(quoted, Filter(field=field, test=test, values=(quoted.text,)))

    def _named_value(self, item: Item, found: Filter) -> Filter:
        """Return a value's filter for the column that is named before it, where that has the value, too."""
        last = self.done[-1].field if self.done else None
        has_it = last and (
            last == found.field or last.column in self.family.values.get(found.values[0].lower(), ())
        )
        named = self._field_before(item.at) if has_it and found.test in ("is", "starts") else None
        return found.model_copy(update={"field": named}) if named else found

    def _next(self, *kinds: str) -> bool:
        return bool(self.items) and (self.items[0].kind in kinds or self.items[0].text in kinds)

    def _add(self, item: Item, condition: Filter) -> None:
        if self._negated:
            condition, self._negated = condition.model_copy(update={"negated": True}), False
        self.done.append(replace(item, kind="filter", filter=condition))

    def _field_before(self, at: int, *kinds: str) -> Field | None:
        """Take the column that was named right before a place, if it is of one of some kinds and not asked for."""
        last = self.done[-1] if self.done else None
        if last is None or last.field is None or last.kind != "field":
            return None
        asked = len(self.done) > 1 and self._asks(self.done[-2]) and self.done[-2].end == last.at
        between = {word.text.lower() for word in self.words[last.end : at]}
        linking = _DATING if kinds == ("time",) else _LINKING
        if asked or not between <= linking or (kinds and self.family.kind(last.field) not in kinds):
            return None
        self.done.pop()
        return last.field

    def _asks(self, item: Item) -> bool:
        """Tell whether an operation asks for what follows it; "whose status is" does not."""
        whose = item.at < len(self.words) and self.words[item.at].key == "whose"
        return item.text in ("distinct", "which") and not whose

    def _time(self, item: Item, test: Test, date: Item) -> None:
        column = self.family.time()
        named = self._field_before(item.at, "time")
        if named is None and column is None:
            raise NotUnderstoodError
        before = next(
            (
                each.filter.values
                for each in reversed(self.done)
                if each.filter and each.filter.test in _TIMES.values()
            ),
            (),
        )
        values = before if date.kind == "op" else (date.text,)
        if not values or moment(values[0]) is None:
            raise NotUnderstoodError
        self._add(
            replace(item, text=item.text),
            Filter(field=named or Field(column=column.name if column else ""), test=test, values=values),
        )

    def _between(self, item: Item) -> None:
        if (
            len(self.items) < 3
            or self.items[1].text != "and"
            or {self.items[0].kind, self.items[2].kind} not in ({"date"}, {"number"})
        ):
            self.done.append(item)  # between A and B: what is compared
            return
        low, _, high = (self.items.pop(0) for _ in range(3))
        if low.kind == "date":
            self._time(item, "since", low)
            self._time(item, "until", high)
            return
        measured = self._field_before(item.at, "number") or self._field_after()
        for test, bound in (("least", low), ("most", high)):
            self._add(item, Filter(field=measured, test=test, values=(bound.text,)))  # type: ignore[arg-type]

    def _compared(self, item: Item) -> None:
        number = self.items.pop(0)
        measured = self._field_before(item.at, "number") or self._field_after()
        self._add(item, Filter(field=measured, test=_NUMBERS[item.text], values=(number.text,)))

    def _field_after(self) -> Field:
        """Take the column of numbers that is named next: "more than 1,000 bytes"."""
        if self._next("field") and self.items[0].field and self.family.kind(self.items[0].field) == "number":
            return self.items.pop(0).field or Field()
        raise NotUnderstoodError

    def _value(self, item: Item) -> None:
        """Link a quotation or a number to the column named before it, or to what it stands for by itself."""
        named = self._field_before(item.at)
        if named is not None:
            self._add(item, self._of_field(named, item.text))
        elif item.kind == "quoted" and (spelled := self._spelled(item.text)) and self.kind:
            self._add(item, spelled)
        elif self._follows_or() and (same := self._last_filter()) and self._may_have(same.field, item):
            self._add(item, same.model_copy(update={"values": (item.text,)}))
        elif item.kind == "quoted" and (inside := self._field_around(item)):
            self._add(item, Filter(field=inside, test="contains", values=(item.text,)))
        elif item.kind == "quoted":
            self._add(item, self._quoted(item.text))
        elif self._next("field") and self.items[0].field and self.items[0].field.take != "label":
            self._add(item, self._of_field(self.items.pop(0).field or Field(), item.text))
        else:
            self._add(item, Filter(field=Field(column=self._column_of(item.text)), values=(item.text,)))

    def _of_field(self, named: Field, text: str) -> Filter:
        if moment(text) is not None and self.family.kind(named) == "time" and len(text) > 4:
            return Filter(field=named, test="on", values=(text,))
        test: Test = "contains" if self.family.kind(named) == "text" and named.take == "value" else "is"
        return Filter(field=named, test=test, values=(text,))

    def _field_around(self, item: Item) -> Field | None:
        """Take the column that a text is said to stand in: 'bot' in the user agent."""
        following = self.items[0] if self._next("field") else None
        between = {word.text.lower() for word in self.words[item.end : following.at]} if following else set()
        if following is None or "in" not in between or not between <= {"in", "the", "its", "their", "a"}:
            return None
        return self.items.pop(0).field

    def _may_have(self, named: Field, item: Item) -> bool:
        """Tell whether a value may be of the column of the value before it, and is not clearly of another."""
        if named.take == "label":
            return item.kind == "quoted"
        columns = self.family.values.get(item.text.lower(), Counter())
        return not columns or named.column in columns

    def _follows_or(self) -> bool:
        return bool(self.done) and self.done[-1].text in ("or", "and", "than", ",") and self.done[-1].kind == "op"

    def _last_filter(self) -> Filter | None:
        """Return the filter before "or" if it names a column, which what follows is then of as well."""
        last = next((each.filter for each in reversed(self.done) if each.filter), None)
        return last if last and (last.field.column or last.field.take == "label") and last.test == "is" else None

    def _column_of(self, text: str) -> str:
        column = clear_column(self.family.values.get(text.lower(), Counter()))
        if not column:
            raise NotUnderstoodError
        return column

    def _quoted(self, text: str) -> Filter:
        """Return what a quotation stands for: the kind of a row, a value, a text that occurs, "status 404"."""
        spelled = self._spelled(text)
        label = self.known.get(keys(text))
        if label and label.filter:
            return label.filter
        if self.kind is not None:
            return spelled or Filter(field=self.kind, values=(text,))
        found = occurs(text, self.family)
        if not self.family.of_lines and not any(word.key == "line" for word in self.words):
            column = clear_column(self.family.values.get(text.lower(), Counter()))
            if column:
                return Filter(field=Field(column=column), values=(text,))
        if not found and spelled:
            return spelled
        exactly = occurs(text, self.family, exactly=True) or not found
        return Filter(test="contains" if exactly else "mentions", values=(text,))

    def _spelled(self, text: str) -> Filter | None:
        """Return the filter that a text such as "status 404" spells: the name of a column and a value."""
        parts = tokens(text)
        items = tag(parts, self.family.phrases)
        if len(items) != 2 or not items[0].field or items[1].kind not in ("number", "unknown", "date"):
            return None
        value = items[1].text
        return Filter(field=items[0].field, values=(value,)) if looks_like_value(parts[-1]) else None
