"""Answers as the client asks, in the query of a handshake or in a message."""
import json
import os


def handler(event, context):
    kind = event.get("requestContext", {}).get("eventType")
    if kind is None:
        client = context.client_context
        known = {"custom": client and client.custom, "request": context.aws_request_id}
        return {**known, "payload": event, "environment": dict(os.environ)}
    if kind != "MESSAGE":
        print("connecting" if kind == "CONNECT" else "ended", json.dumps(event))
    wanted = told(event)
    if "raises" in wanted:
        raise ValueError(wanted["raises"])
    if "returns" in wanted:
        return wanted["returns"]
    if "long" in wanted:
        return {"statusCode": 200, "body": "x" * wanted["long"]}
    body = json.dumps(event) if wanted.get("tells") == "event" else event["requestContext"]["routeKey"]
    return {"statusCode": 200, "body": body}


def told(event):
    """Returns the JSON object that the client sent, or an empty one."""
    query = event.get("queryStringParameters") or {}
    try:
        wanted = json.loads(query.get("wanted") or event.get("body") or "{}")
    except ValueError:
        wanted = None
    return wanted if isinstance(wanted, dict) else {}


def authorize(event, context):
    print("asked", json.dumps(event))
    answer = event["queryStringParameters"]["answer"].replace("ARN", event["methodArn"])
    wanted = json.loads(answer)
    if isinstance(wanted, dict) and "raises" in wanted:
        raise ValueError(wanted["raises"])
    return wanted
