"""What can lie in a queue and is no message of ours: from what is no text, to what Celery itself would take."""

import json
from base64 import b64encode

from infra.private_apis.celery_messages import TASK, envelope


def packed(text):
    return b64encode(text.encode()).decode()


def bad_letters():
    """Each by what is wrong with it, as bytes."""
    good = json.loads(envelope(TASK, "payment", 1, again=False))
    headers, properties = good["headers"], good["properties"]

    def but(**parts):
        return {**good, **parts}

    letters = {
        "a number": 5,
        "a list": [1],
        "nothing in it": {},
        "no properties": {"body": "x"},
        "no delivery tag": but(properties={}),
        "a delivery tag that is none": but(properties={**properties, "delivery_tag": None}),
        "a body that is not packed": but(body="***"),
        "a body that is no JSON": but(body=packed("{{{")),
        "a body of another shape": but(body=packed('{"a": 1}')),
        "a body with one part": but(body=packed('[["x"]]')),
        "no body": but(body=None),
        "an argument that is no number": but(body=packed('[["x"], {}, {}]')),
        "too many arguments": but(body=packed("[[1, 2], {}, {}]")),
        "an option": but(body=packed('[[1], {"again": 1}, {}]')),
        "no headers": but(headers={}),
        "headers that are none": but(headers=5),
        "a task that is none": but(headers={**headers, "task": None}),
        "no id": but(headers={key: value for key, value in headers.items() if key != "id"}),
        "a time limit that is none": but(headers={**headers, "timelimit": "x"}),
        "a time limit in words": but(headers={**headers, "timelimit": ["soon", None]}),
        "a time that is none": but(headers={**headers, "eta": "soon"}),
        "an end that is none": but(headers={**headers, "expires": "never"}),
        "another kind of content": but(**{"content-type": "application/x-python-serialize"}),
        "an encoding that is none": but(**{"content-encoding": 5}),
        "a body in another encoding": but(properties={**properties, "body_encoding": "foo"}),
        "stamps that are none": but(headers={**headers, "stamped_headers": 5}),
        "a time limit before the start": but(headers={**headers, "timelimit": [-1, -1]}),
        "one more header": but(headers={**headers, "expired": True}),
        "a reply to nobody": but(properties={**properties, "reply_to": 5}),
        "a task of Celery's": but(headers={**headers, "task": "celery.backend_cleanup"}),
        "another queue's": but(properties={**properties, "delivery_info": {"exchange": "", "routing_key": "order"}}),
        "a body that goes too deep": but(body=packed("[" * 100_000)),
    }
    return {"no text": b"\xff\xfe\x00", "no JSON": b"hello", "too deep": b"[" * 100_000} | {
        name: json.dumps(letter).encode() for name, letter in letters.items()
    }
