"""Messages in a queue that are not ours: from bytes that are no text, to what Celery itself would accept."""

import json
from base64 import b64encode

from infra.private_apis.celery_messages import TASK, envelope


def packed(text):
    return b64encode(text.encode()).decode()


def foreign_messages():
    """Returns each message as bytes, by what is wrong with it."""
    good = json.loads(envelope(TASK, "payment", [1], again=False))
    headers, properties = good["headers"], good["properties"]

    def changed(**parts):
        return {**good, **parts}

    messages = {
        "a number": 5,
        "a list": [1],
        "nothing in it": {},
        "no properties": {"body": "x"},
        "no delivery tag": changed(properties={}),
        "a delivery tag that is none": changed(properties={**properties, "delivery_tag": None}),
        "a body that is not packed": changed(body="***"),
        "a body that is no JSON": changed(body=packed("{{{")),
        "a body of another shape": changed(body=packed('{"a": 1}')),
        "a body with one part": changed(body=packed('[["x"]]')),
        "no body": changed(body=None),
        "an argument that is no number": changed(body=packed('[["x"], {}, {}]')),
        "too many arguments": changed(body=packed("[[1, 2], {}, {}]")),
        "an option": changed(body=packed('[[1], {"again": 1}, {}]')),
        "no headers": changed(headers={}),
        "headers that are none": changed(headers=5),
        "a task that is none": changed(headers={**headers, "task": None}),
        "no id": changed(headers={key: value for key, value in headers.items() if key != "id"}),
        "a time limit that is none": changed(headers={**headers, "timelimit": "x"}),
        "a time limit in words": changed(headers={**headers, "timelimit": ["soon", None]}),
        "a time that is none": changed(headers={**headers, "eta": "soon"}),
        "an end that is none": changed(headers={**headers, "expires": "never"}),
        "another kind of content": changed(**{"content-type": "application/x-python-serialize"}),
        "an encoding that is none": changed(**{"content-encoding": 5}),
        "a body in another encoding": changed(properties={**properties, "body_encoding": "foo"}),
        "stamps that are none": changed(headers={**headers, "stamped_headers": 5}),
        "a time limit before the start": changed(headers={**headers, "timelimit": [-1, -1]}),
        "one more header": changed(headers={**headers, "expired": True}),
        "a reply to nobody": changed(properties={**properties, "reply_to": 5}),
        "a task of Celery's": changed(headers={**headers, "task": "celery.backend_cleanup"}),
        "another queue's": changed(
            properties={**properties, "delivery_info": {"exchange": "", "routing_key": "order"}}
        ),
        "a body that goes too deep": changed(body=packed("[" * 100_000)),
    }
    return {"no text": b"\xff\xfe\x00", "no JSON": b"hello", "too deep": b"[" * 100_000} | {
        name: json.dumps(message).encode() for name, message in messages.items()
    }
