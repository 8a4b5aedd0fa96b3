"""What tests of labs send: addresses, and answers that come true or do not."""

from sandbox.labs.experiments import labs
from sandbox.labs.hints import records_of

ONE, TWO, LOAD = "undo-fails", "failure-handling", "scalability"
WHY = "The refund cannot be made, and nobody can undo an undo."


def address(name, action=""):
    return f"/sandbox/labs/{name}/{action}"


def key_of(name):
    """The answers of a lab's questions that come true."""
    lab = labs()[name]
    records = records_of(lab.runs)
    return {f"predict-{at}": one.outcome(records) for at, one in enumerate(lab.predictions)}


def wrong_of(name):
    """Answers of which none comes true."""
    options = [one.options for one in labs()[name].predictions]
    pairs = zip(key_of(name).items(), options, strict=True)
    return {field: next(value for value in known if value != right) for (field, right), known in pairs}
