"""The web server reads words in many threads at once."""

import sys
import threading
from itertools import product

from luotsi.web.services import language

WORDS = [f"{''.join(each)}ningarna" for each in product("abcdefgh", "aeiouyåäö", "rstklmnp")]


def test_stems_are_the_same_however_many_threads_ask_at_once() -> None:
    right = {word: list(language.terms(word, "sv")) for word in WORDS}
    wrong: list[str] = []

    def ask() -> None:
        try:
            wrong.extend(word for word in WORDS if list(language.terms(word, "sv")) != right[word])
        except IndexError as fault:
            wrong.append(str(fault))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _each in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong
