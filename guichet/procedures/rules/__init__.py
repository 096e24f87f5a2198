"""The rule language: typed, total, three-valued. Compiled once, evaluated here and in the browser.

    checked = rules.check('age(born, today) < 18 and is_answered(school)', scope)
    rules.evaluate(checked, answers)          True, False, a value, or None

What it promises (the ten rules of `docs/rules.md`): evaluation ends and never raises; an answer
that is not there is absent (`None`); comparing with what is absent is unknown (`None`); nothing
reads a clock or anything else outside the answers.
"""

from guichet.procedures.rules.check import Checked, Fault, Scope, check
from guichet.procedures.rules.evaluate import evaluate, program
from guichet.procedures.rules.kinds import Kind, Type

__all__ = ["Checked", "Fault", "Kind", "Scope", "Type", "check", "evaluate", "program"]
