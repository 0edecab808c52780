"""The English words that the rules on questions look for, as alternatives of regular expressions."""


def any_of(words: str) -> str:
    """Return an expression that matches any of the words, which spaces separate; "lines?" is "line" or "lines"."""
    return f"(?:{'|'.join(words.split())})"


ASKS = any_of("what which who whom whose where when why how")
VERB = any_of(
    "is are was were am do does did has have had can could will would should shall must may might isn't aren't "
    "wasn't weren't don't doesn't didn't hasn't haven't can't won't"
)
ORDER = any_of(
    "list enumerate name count find give tell show explain describe summari[sz]e compare identify calculate "
    "compute state"
)
RECORDS = any_of(
    "lines? records? entry entries requests? rows? speech speeches commits? logs? paragraphs? scenes? "
    "occurrences? log-?ins? warnings"
)
SOURCES = any_of("logs? files? texts? documents? tables? lists? sources? data")
TOP = any_of(
    "most least fewest earliest latest longest shortest largest smallest biggest highest lowest greatest oldest "
    "newest youngest slowest fastest busiest heaviest rarest commonest maximum "
    "minimum max min first last top"
)
COMPARATIVE = any_of(
    "more fewer less larger bigger smaller higher lower longer shorter earlier later older newer younger faster "
    "slower greater better worse heavier cheaper taller closer further"
)
UNIT = any_of(
    "bytes? bits? [kmgt]i?b milliseconds? microseconds? nanoseconds? seconds? minutes? hours? days? weeks? "
    "months? years? meters? metres? kilometers? kilometres? miles? feet inches degrees? percent dollars? "
    "euros? pounds? kilograms? grams? liters? litres? points? pixels?"
)
AMOUNT = any_of("number count sum total average mean median difference")
SHARE = any_of("share percentage percent proportion fraction")
PLACE_IN_SOURCE = any_of(
    "files? modules? packages? pages? sections? chapters? lines? directory directories folders? paths? class "
    "classes functions? appendix paragraphs? slides? sheets?"
)
DONE_THERE = any_of(
    "defined declared implemented located documented described registered handled stored set configured found "
    "mentioned discussed explained imported called used raised thrown created parsed tested"
)
DOES_THERE = any_of(
    "defines? declares? implements? registers? handles? contains? describes? documents? explains? holds? creates? "
    "parses? tests? discusses covers"
)
CODE = any_of(
    "function method class constant variable struct macro option flag module code test type enum command setting"
)
WHOLE = any_of(
    "document text file book paper log repo repository project source story article report chapter files documents"
)
MAIN_POINTS = any_of("points? ideas? topics? findings? takeaways? messages? themes? conclusions?")
MAKER = any_of(
    "author writer director founder inventor owner maintainer capital mayor birthplace wife husband son daughter "
    "father mother successor predecessor"
)
DID = any_of(r"\w+ed \w+s wrote made won built led gave found began became held")
