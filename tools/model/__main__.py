"""Search the model: `python -m tools.model`; exits 1 if an answer is not the expected one.

Each question is asked of Maude and of the small search in Python; an attack is shown step by step.
"""

import sys

from tools.model import by_maude, by_search, report
from tools.model.questions import SCENES, questions

wrong = 0
for scene in SCENES:
    for question, answer in zip(questions(scene), by_maude.ask(scene), strict=True):
        again = by_search.ask(question)
        right = answer.fits(question) and report.agree(answer, again)
        wrong += not right
        print(report.line(question, answer), "" if right else "   <- NOT AS EXPECTED")
        if question.verdict == "attack":
            print(report.steps(again))
print(f"{wrong} of the answers are not the expected ones.")
sys.exit(1 if wrong else 0)
