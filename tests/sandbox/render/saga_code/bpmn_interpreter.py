"""Executes a BPMN process as far as the exported ones need it. Services are called, and time does not pass."""

from collections import Counter, deque
from xml.etree import ElementTree

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SILENT = "silent"


class Failed(Exception):
    """Raised in a scope for a failure that no event catches there: the code of an error, or SILENT."""


class Interpreter:
    """Executes the process of a file. `handle(command)` returns the code of an error, SILENT, or nothing."""

    def __init__(self, xml, handle):
        self.root = ElementTree.fromstring(xml)
        self.handle = handle
        self.by_id = {one.get("id"): one for one in self.root.iter() if one.get("id")}
        self.flows = {one.get("id"): one.get("targetRef") for one in self.root.iter(f"{MODEL}sequenceFlow")}

    def execute(self):
        """Returns the name of the end that the process comes to, and fails unless it comes to exactly one."""
        (end,), _ = self._scope(self.root.find(f"{MODEL}process"))
        return end.get("name")

    def _scope(self, scope):
        """Returns the ends that the tokens of a scope come to, and the handlers of what has completed in it."""
        tokens, arrived, ends, completed = deque([scope.find(f"{MODEL}startEvent")]), Counter(), [], []
        while tokens:
            node = tokens.popleft()
            arrived[node.get("id")] += 1
            tag = node.tag.removeprefix(MODEL)
            if tag == "parallelGateway" and arrived[node.get("id")] < len(node.findall(f"{MODEL}incoming")):
                continue
            if tag == "endEvent":
                ends.append(node)
            if tag == "intermediateThrowEvent":
                for handler in reversed(completed):
                    self.handle(handler)
                completed.clear()
            tokens += self._activity(node, completed) if tag in ("serviceTask", "subProcess") else self._next(node)
        return ends, completed

    def _activity(self, node, completed):
        """Executes an activity; returns what comes next: after it, or after the event that catches its failure."""
        try:
            if node.tag == f"{MODEL}subProcess":
                completed += self._scope(node)[1]
            else:
                failure = self.handle(node.get("id").removesuffix("InDoubt"))
                if failure:
                    raise Failed(failure)
                completed += self._handlers(node)
        except Failed as failure:
            return self._next(self._catching(node, str(failure)))
        return self._next(node)

    def _next(self, node):
        return [self.by_id[self.flows[flow.text]] for flow in node.findall(f"{MODEL}outgoing")]

    def _boundary(self, node):
        return [one for one in self.root.iter(f"{MODEL}boundaryEvent") if one.get("attachedToRef") == node.get("id")]

    def _catching(self, node, failure):
        for event in self._boundary(node):
            error = event.find(f"{MODEL}errorEventDefinition")
            code = None if error is None else self.by_id[error.get("errorRef")].get("errorCode")
            if code == failure or (failure == SILENT and event.find(f"{MODEL}timerEventDefinition") is not None):
                return event
        raise Failed(failure)

    def _handlers(self, node):
        marks = [one.get("id") for one in self._boundary(node)]
        links = self.root.iter(f"{MODEL}association")
        return [one.get("targetRef") for one in links if one.get("sourceRef") in marks]
