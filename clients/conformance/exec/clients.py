"""Asks each address that it is given by every request library, and prints what came of it. It knows of no mock."""

import json
import sys
import urllib.error
import urllib.request

import httpx
import requests


def by_urllib(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def by_requests(url):
    answer = requests.get(url, timeout=20)
    return answer.status_code, answer.text


def by_httpx(url):
    answer = httpx.get(url, timeout=20)
    return answer.status_code, answer.text


CLIENTS = {"urllib": by_urllib, "requests": by_requests, "httpx": by_httpx}

for name, client in CLIENTS.items():
    for url in sys.argv[1:]:
        try:
            status, body = client(url)
        except Exception as error:  # whatever a library raises is what came of it
            status, body = 0, f"{type(error).__name__}: {error}"
        print(json.dumps({"client": name, "url": url, "status": status, "body": body}), flush=True)
