"""The OpenAPI document as a judge of answers."""

import copy

from jsonschema import Draft202012Validator, FormatChecker

METHODS = ("get", "put", "post", "delete", "patch")


def _strict(node):
    """The same schema, but a member that it does not name is refused."""
    if isinstance(node, dict):
        if "properties" in node:
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            _strict(inner)
    elif isinstance(node, list):
        for inner in node:
            _strict(inner)
    return node


class Document:
    def __init__(self, text):
        self.text = text
        self.components = _strict(copy.deepcopy(text["components"]))

    def operations(self):
        for path, item in self.text["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    def statuses(self):
        return {(method, path, int(status)) for method, path, call in self.operations() for status in call["responses"]}

    def validator(self, schema):
        schema = _strict(copy.deepcopy(schema))
        return Draft202012Validator({**schema, "components": self.components}, format_checker=FormatChecker())

    def complaints(self, schema, value):
        return [f"{error.json_path}: {error.message}" for error in self.validator(schema).iter_errors(value)]

    def judge(self, method, path, status, media_type, body):
        """What is wrong with an answer to a call of this path (with its parameters in braces)."""
        responses = self.text["paths"][path][method.lower()]["responses"]
        if str(status) not in responses:
            return [f"status {status} is not in the document"]
        response = responses[str(status)]
        if "$ref" in response:
            response = self.text["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        content = response.get("content")
        if not content:
            return [f"a body where none is described: {body!r}"] if body else []
        if media_type not in content:
            return [f"{media_type} is not in the document, but {', '.join(content)}"]
        return self.complaints(content[media_type]["schema"], body)

    def examples(self):
        """(where, schema, value) of every example."""
        yield from _examples(self.text, "#")


def _examples(node, where):
    if isinstance(node, list):
        for i, inner in enumerate(node):
            yield from _examples(inner, f"{where}/{i}")
    if not isinstance(node, dict):
        return
    # A schema carries a list of examples; a media type one beside its schema.
    if isinstance(node.get("examples"), list):
        for value in node["examples"]:
            yield where, node, value
    if "example" in node and "schema" in node:
        yield where, node["schema"], node["example"]
    for key, inner in node.items():
        if key not in ("example", "examples"):
            yield from _examples(inner, f"{where}/{key}")
